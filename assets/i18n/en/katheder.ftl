app-name = Katheder
theme-light = Light appearance
theme-dark = Dark appearance
language-other = Auf Deutsch umstellen

# Sign-in
starting-title = Katheder is starting
sign-in-title = Sign in
sign-in-hub = Hub address
sign-in-user = User name
sign-in-password = Password
sign-in-go = Sign in
sign-in-busy = Signing in
sign-in-hint = Your administrator gives you the hub's address and an account.
sign-out = Sign out
failure-wrong-password = User name or password is wrong.
failure-too-many-tries = Too many tries. Please wait five minutes.
failure-unreachable = The hub does not answer. Check the address and your network. ({ $name })
failure-not-signed-in = Your session is over. Please sign in again.
failure-other = That did not work: { $name }

# Rooms
kind-webinar = Webinar
number = Number
kind-group-call = Group call

# Before joining
camera = Camera
microphone = Microphone
speaker = Loudspeaker
microphone-level = Microphone level
device-none = None
device-demo = Demonstration
device-default = As set in the system
mirrored-hint = Only you see yourself mirrored
preview-without-camera = You join without a camera.
preview-no-camera = No camera found. You can join all the same.
preview-starting = The camera is starting
joins-muted = You join muted
check-camera = Camera
check-no-camera = No camera
check-microphone = Microphone
check-no-microphone = No microphone
join-muted = Join muted
join-without-camera = Join without camera
join = Join
pre-join-back = Back

# Background
background = Background
background-off = Off
background-blurred = Blurred
background-picture = Picture
background-strength = Strength
strength-subtle = subtle
strength-strong = strong
background-choose = Choose picture
background-drop = You can also drop a picture file here.
background-refused = This picture cannot be used. ({ $name })
blur-path-gpu = Graphics card: { $name }
blur-path-cpu = Processor
blur-path-whole = Whole picture blurred
blur-starting = The graphics card is still being prepared.
blur-gpu = The graphics card takes the load off the processor.
blur-no-gpu = No suitable graphics card ({ $name })
blur-gpu-failed = The graphics card failed. ({ $name })
blur-gpu-slow = The graphics card did not keep up.
blur-failed = You cannot be told from the room. ({ $name })

# Technical details
health = Technical details
health-open = Show technical details
health-details = Details
health-none = No figures yet
health-off = Off: people see your room as it is.
health-sending = Picture sent
health-size = Resolution
health-encoder = Encoder
health-dropped = Pictures left out
health-capacity = Link to the hub
health-round-trip = Round trip
health-whole = Pictures blurred as a whole
health-withheld = Pictures withheld
health-fallbacks = Failures
health-passes = Passes of the graphics card
quality = Quality
quality-full = full
quality-reduced = simplified
quality-lowest = coarse
stage-each = Time per picture
stage-median = median
stage-slowest = 95 %
stage-network = Segmentation
stage-refine = Outline
stage-blur = Blur
stage-composite = Compositing
stage-frame = In all

# Call
leave = Leave
leave-more = More ways out
end-for-all = End for all
end-title = End for all?
end-text = { $count ->
    [0] Nobody is here but you.
    [one] One person will be disconnected.
   *[other] { $count } people will be disconnected.
}
end-go = End for all
end-stay = Keep going
live = Live
held = On hold
watching-count = { $count ->
    [one] { $count } watching
   *[other] { $count } watching
}
people-count = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
more-count = { $count } more
mute = Mute
unmute = Unmute
video-off = Stop video
video-on = Start video
microphone-choose = Choose microphone and loudspeaker
camera-choose = Choose camera
hand-raise = Raise hand
hand-lower = Lower hand
view-tiles = Tile view
view-stage = Stage
chat = Chat
people = People
fullscreen-enter = Full screen
fullscreen-leave = Leave full screen
page-back = Previous page
page-on = Next page
you = You
you-aside = (you)
tile-show-large = Show { $name } large
stage-empty = Nobody is speaking yet
copy-invitation = Copy invitation link
copy-link = Copy link

# The lamp
lamp-heard = You can be heard
lamp-heard-by = { $count ->
    [one] One person hears you
   *[other] { $count } hear you
}
lamp-heard-and-seen = { $count ->
    [one] One person hears and sees you
   *[other] { $count } hear and see you
}
lamp-only-seen = You are seen, not heard
lamp-off = Nobody hears you

# Chat
chat-empty = No message yet
chat-field = Message
chat-send = Send
chat-to = To
chat-to-everyone = to everyone
chat-to-hosts = to hosts
chat-to-you = only to you
chat-to-person = only to { $name }
chat-to-gone = to somebody who has left
chat-hint-everyone = Message to everyone
chat-hint-hosts = Message to hosts
chat-hint-private = Message to one person
chat-hint-gone = This person has left
scope-everyone = Everyone
scope-hosts = Hosts
scope-private = Private
panel-close = Close

# People
people-in-call = In the call
role-host = Host
role-presenter = Presenter
role-attendee = Attendee
person-more = More about { $name }
make-host = Make host
make-presenter = Make presenter
make-attendee = Make attendee
invite = Invite somebody
hands-title = Hands in order
hands-lower-all = Lower all
hands-count = { $count ->
    [one] One hand
   *[other] { $count } hands
}
hand-since = for { $name }
hand-grant = Give the floor
hand-grant-of = Give { $name } the floor
hand-lower-of = Lower { $name }'s hand

# Messages
toast-close = Close message
toast-copied = Invitation link copied
toast-hand-lowered = Your hand was lowered
toast-may-publish = You can speak and show yourself now
toast-may-not-publish = You only watch and listen from now on
toast-denied = That is not allowed here
toast-unsaid = Not sent: no connection
toast-unsaid-detail = Try again once you are connected.
toast-blur-lower = Computer busy: background simplified
toast-blur-lowest = Computer busy: background only coarse
toast-blur-better = The background is finer again
toast-blur-gpu-failed = Graphics card failed, the processor takes over
toast-blur-gpu-slow = Graphics card busy, the processor takes over
toast-blur-whole = Your whole picture is blurred
banner-speaks-muted = You are speaking, but nobody hears you
banner-unmute-key = Press { $name } to unmute
banner-link-lost = Connection lost. Trying again.
banner-media-lost = Picture and sound are interrupted. Trying again.

# Waiting
wait-title = Starting soon
wait-text = No host is here yet. You will be let in as soon as one comes.
hold-title = Back in a moment
hold-text = The hosts are away for a moment. You stay connected and are back in as soon as one returns.
joining-title = Joining
joining-text = One moment, the connection is being made.
lost-title = Connection lost
lost-text = The hub cannot be reached. Trying again by itself.
held-since = On hold for
waiting-since = Waiting for
waiting-screen = Waiting screen
waiting-private = While you wait, nobody sees or hears you.
link-up = Connected
link-connecting = Connecting
link-lost = Connection lost

# Afterwards
ended-left-title = You have left
ended-left = You can join again as long as the others are there.
ended-by-host-title = Ended
ended-by-host = The host ended it for all.
ended-replaced-title = Opened elsewhere
ended-replaced = You are in this call on another device or in another window.
ended-refused-title = No admission
ended-home = To my rooms
ended-rejoin = Join again
refused-version = This program is too old or too new for the hub. Please update it.
refused-link = This link is not valid, or no longer.
refused-session = Your session is over. Please sign in again.
refused-room = There is no such room, or it is not for you.
refused-name = The display name is missing or too long.
refused-ended = The call is over.
refused-resume = Your place is no longer kept. Please join anew.
refused-full = The hub is full. Please try again later.
refused-number = The number or the PIN is wrong.
refused-too-many-tries = Too many wrong tries. Please try again in an hour.
refused-no-guests = This room takes no guests now.
refused-no-guest-place = All guest places of the hub are taken. Please try again in a few minutes.
refused-locked = The call is locked. Ask a host to unlock it.
refused-removed = A host removed you from this call.
ended-removed-title = Removed
ended-removed = A host removed you from the call.
ended-nobody-came = Nobody else came within thirty minutes.
ended-held-too-long = The call was on hold for too long.
knock-title = You will be in soon
knock-text = The hosts see that you wait and let you in.
knock-one = { $name } waits at the door
knock-count = { $count ->
    [one] One person waits at the door
   *[other] { $count } people wait at the door
}
knock-admit = Let in
toast-muted = { $name } switched your microphone off
toast-join-muted = In this room everybody starts muted
