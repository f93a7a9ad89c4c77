quality-good = Connection good
quality-weak = Connection weak
quality-bad = Connection bad
quality-fine = Everything is fine.
quality-hub-gone = The hub does not answer. The connection is taken up again by itself.
quality-media-gone = Picture and sound do not get through. Restart the call if it stays like that.
quality-own-uplink-loss = { $percent } % of what you send is lost on the way. Others see and hear you badly.
quality-own-uplink = Your connection is weak. Others see you smaller or late.
quality-own-downlink-loss = { $percent } % of what is sent to you is lost on the way.
quality-own-downlink = Your connection is weak. You see others smaller or with gaps.
quality-computer = Your computer is busy. Close other programs, or switch the blur off.
quality-camera = Your camera gives no picture. See whether another program is using it.
quality-encoder = Your picture could not be processed. Restart the call.
quality-theirs-loss = The connection of { $name } loses { $percent } %, your side is fine.
quality-theirs = The connection of { $name } is weak, your side is fine.
quality-their-silence = Nothing comes from { $name } any more, your side is fine.
quality-both = The connection of { $name } and your own are weak.
quality-their-downlink = { $name } may see and hear others badly, your side is fine.

health-people = Connections
health-well = { $count ->
    [one] One more person has nothing to complain of.
   *[other] { $count } more people have nothing to complain of.
}
health-through-us = { $count ->
    [one] For one more person the trouble is on your side.
   *[other] For { $count } more people the trouble is on your side.
}
