# People, chat, room information, waiting

# People
people-search = Search
people-search-field = Search a name
people-none-title = Nobody found
people-none = No name begins like this. Empty the search to see everybody.
person-write = Write privately
person-shares = shares a screen
person-watches = watches
person-heard = microphone on
person-silent = microphone off
person-seen = camera on
person-unseen = camera off
kind-guest = Guest
kind-user = Signed in
mute-all = Mute all
mute-of = Mute { $name }
remove = Remove
remove-of = Remove { $name }
remove-title = Remove { $name }?
remove-text = The call ends for this person. They do not get back in, with any device.
remove-guest-text = The call ends for this person. By the link they could join anew; lock the call if they shall stay outside.
remove-go = Remove

# At the door
waiting-title = { $count ->
    [one] One person is waiting
   *[other] { $count } are waiting
}
waiting-held = { $count ->
    [one] One person waits until it goes on
   *[other] { $count } wait until it goes on
}
waits-since = { $kind } · for { $time }
admit-all = Admit all
admit-of = Admit { $name }
refuse-of = Refuse { $name }
audience-waits = { $count ->
    [one] { $count } is waiting
   *[other] { $count } are waiting
}

# Chat
chat-shows = What is on show
chat-questions = Questions
chat-hands = Hands
chat-no-questions = No question to the hosts yet
chat-unread = New
chat-new-below = New messages
chat-copy = Copy text
chat-sending = Sending
chat-failed = Not sent: the connection was interrupted.
chat-again = Send again
chat-discard = Discard
chat-nobody = Nobody found
chat-refused-hosts = Here participants write to the hosts only. Send the message to them.
chat-refused-gone = This person has left. Choose who shall read the message.
chat-refused-kept = The message could not be stored. Send it once more.

# Room information
info-open = About the conference room
info-title = Conference room
info-since = Since { $name }
info-locked = Locked
info-contacts = More ways to join
info-pin = PIN
info-link = Link
info-copy = Copy { $name }
info-copy-all = Copy to clipboard
info-code = Show QR code
info-code-text = Read with a phone's camera, the code leads to the guest page.
info-no-guests = No guests get in at present: neither by link nor by number.
info-session = Session
info-lock = Locked
info-lock-text = Nobody else comes in, not even with the right number. Lock once everybody is here if several groups know the same number.
info-policies = Rules of the room
policy-guests = Allow guests
policy-guests-text = By link or number, without an account
policy-lobby = Waiting room
policy-lobby-text = Whoever does not host waits to be admitted
policy-pin = PIN required
policy-pin-text = With the number; by telephone always
policy-moderate = Internal users are hosts
policy-muted = Join muted
policy-chat = Chat to everyone
rule-guests = Guests can join by link or number.
rule-no-guests = Guests are not allowed.
rule-lobby = Whoever joins waits until a host admits them.
rule-muted = Everybody starts muted.
rule-chat = In the chat, participants write to the hosts only.
invitation-head = Invitation to the call “{ $name }”

# Hold and waiting
held-title = The call is on hold
held-webinar-title = The webinar is on hold
held-text = { $count ->
    [0] Nobody is waiting. Only the hosts see and hear one another until you resume.
    [one] One person sees the waiting screen. Only the hosts see and hear one another until you resume.
   *[other] { $count } people see the waiting screen. Only the hosts see and hear one another until you resume.
}
presenter-held = On hold.
presenter-held-why = { $count ->
    [0] Nothing goes to the audience.
    [one] Nothing goes to the audience, one person is still connected.
   *[other] Nothing goes to the audience, { $count } are still connected.
}
waiting-private-held = While it is on hold nobody sees or hears you.
waiting-no-camera = No camera found. You take part without one; connect one to be seen.
waiting-no-microphone = No microphone found. Connect one, or allow it in the system's settings.
waiting-devices = Devices
ended-locked-title = Locked

# Notices
toast-look = Show
toast-copied-text = Copied to the clipboard
toast-locked = Locked: nobody else comes in
toast-open = Open to everybody again
toast-is-host = { $name } is a host now
toast-is-presenter = { $name } presents now
toast-is-attendee = { $name } is a participant now
toast-moderate = You are a host now
toast-moderate-no-more = You are no longer a host
toast-hand-dropped = Your hand is down because you speak
toast-undo = Undo
