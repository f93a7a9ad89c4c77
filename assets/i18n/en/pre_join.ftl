pre-join-name = Your name
pre-join-name-missing = Please type a name. Everybody else reads it.
pre-join-nobody = Nobody there yet
pre-join-one = { $name } is there
pre-join-there = { $count } are there
pre-join-waiting = { $count ->
    [one] 1 waits
   *[other] { $count } wait
}
pre-join-starts = { $count ->
    [one] One guest waits and comes in as soon as you join.
   *[other] { $count } guests wait and come in as soon as you join.
}
pre-join-lobby = The waiting room is on: guests knock, and you let them in.
pre-join-no-place = All guest places of the hub are taken. Further guests will be turned away.
pre-join-few-places = { $count ->
    [one] Only one guest place is free.
   *[other] Only { $count } guest places are free.
}
check-network = Network
join-audio-only = Audio only
join-audio-only-caption = No pictures, neither your own nor others'
test-sound = Test sound
test-sound-playing = Test sound plays …
test-sound-failed = The loudspeaker does not play. Choose another.
