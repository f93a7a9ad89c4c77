# Rooms: list
rooms-title = Rooms
rooms-search = Rooms and contacts
rooms-create = New room
rooms-loading = Loading rooms
rooms-try-again = Try again
rooms-none-yet = No room yet
rooms-none-found = No room of that name
rooms-empty-title = No room yet
rooms-empty = Make a room with the plus: its number, link and chat stay. To talk right away, choose “Call now”.
rooms-none-title = No room chosen
rooms-none = Choose a room at the left to read, write or call.
rooms-public = public
rooms-unread = { $count ->
    [one] one new message
   *[other] { $count } new messages
}
rooms-waiting = { $count ->
    [one] One guest is waiting
   *[other] { $count } guests are waiting
}
rooms-on-hold = On hold
rooms-runs-minutes = { $count ->
    [0] Has just begun
   *[other] Running for { $count } min
}
rooms-runs-hours = Running for { $count } h
rooms-runs-with = { $count ->
    [one] Running, one is there
   *[other] Running, { $count } are there
}
rooms-draft = Draft: { $name }
rooms-public-idle = Public · nobody waits
rooms-members-only = For members only
rooms-back = Back to the list

# Head and bar
rooms-start = Start
rooms-take-part = Take part
rooms-ring = Call all
rooms-running = Video meeting running
rooms-held = Meeting on hold
rooms-members = { $count ->
    [one] 1 member
   *[other] { $count } members
}
rooms-inside = { $count } in the call
rooms-ad-hoc = ends with the call
rooms-ring-title = Call all members?
rooms-ring-text = { $count ->
    [one] It rings for one person once you have joined.
   *[other] It rings for { $count } people once you have joined.
}
rooms-ring-go = Join and call
rooms-ring-now-text = { $count ->
    [one] It will ring for one person who is not there yet.
   *[other] It will ring for { $count } people who are not there yet.
}
rooms-ring-now = Call
rooms-cancel = Cancel
rooms-save = Save

# Chat
rooms-chat-earlier = Earlier messages
rooms-chat-loading = Loading messages
rooms-chat-empty = No message yet. Write the first: all members read it, even when nobody is in a call.
rooms-chat-hosts = for hosts only
rooms-chat-hint = Message to { $name }
rooms-chat-send = Send
rooms-chat-sending = sending
rooms-chat-retry = Send again
rooms-chat-take-back = Back into the field

# Information
rooms-info = Room information
rooms-info-close = Hide information
rooms-info-title = Room
rooms-more = More about this room
rooms-waiting-hint = Once you join they come in, or knock at your door.
rooms-guests = Allow guests
rooms-guests-on = The room is public. Guests come by link or number.
rooms-guests-off = Only members come in.
rooms-places = { $count ->
    [one] One guest place is free on the hub.
   *[other] { $count } guest places are free on the hub.
}
rooms-places-none = All guest places of the hub are taken. New guests are turned away until one is free.
rooms-places-scarce = More guests are invited than the hub has places. Talk to your administration.
rooms-phone = Dial-in number
rooms-phone-copy = Copy dial-in number
rooms-number = Room number
rooms-number-copy = Copy room number
rooms-pin = PIN
rooms-pin-copy = Copy PIN
rooms-url = URL
rooms-url-copy = Copy URL
rooms-copy-all = Copy to clipboard
rooms-copied-all = Copied: number, PIN and URL as text
rooms-qr = Show QR code
rooms-qr-hide = Hide QR code
rooms-number-stays = Number and link stay valid, for later meetings too.
rooms-number-ad-hoc = Number and link are valid as long as this call lasts.
rooms-lock-hint = Do several groups share the number? Lock the session once those you want are there.
rooms-waiting-room = Waiting room
rooms-waiting-room-hint = Guests knock
rooms-users-moderate = Users moderate
rooms-users-moderate-hint = Whoever has an account may start
rooms-pin-required = Ask for the PIN
rooms-pin-required-hint = Who comes by number gives the PIN too
rooms-join-muted = Begin muted
rooms-join-muted-hint = Microphones are off on entry
rooms-chat-everyone = Chat for everyone
rooms-chat-everyone-hint = Guests write to everybody too

# Members
rooms-members-title = Members
rooms-members-all = Show all
rooms-members-fewer = Show fewer
rooms-member-add = Take in members
rooms-member-add-go = Take in
rooms-member-more = More about { $name }
rooms-member-host = Make a host
rooms-member-no-host = No longer a host
rooms-member-remove = Remove from the room
rooms-member-remove-title = Remove the member?
rooms-member-remove-text = They no longer see the room and leave a running call.
rooms-standing-owner = Owner
rooms-standing-host = Host
rooms-standing-member = Member
rooms-people-search = Search people
rooms-people-none = Nobody of that name.
rooms-people-no-contacts = You have no contacts yet. Search for a name.
rooms-people-remove = Take out { $name }

# Further links
rooms-links = Further links
rooms-links-none = For single guests or a limited time
rooms-link-add = Further link
rooms-link-label = For whom or what
rooms-link-label-hint = For instance: advisory board
rooms-link-expiry = Valid
rooms-link-make = Make the link
rooms-link-until = Until { $name }
rooms-link-forever = Never ends
rooms-link-copy = Copy link “{ $name }”
rooms-link-revoke = Revoke link “{ $name }”
rooms-link-revoke-title = Revoke the link?
rooms-link-revoke-text = It no longer leads to the room. Whoever came by it stays in the call.
rooms-link-revoke-go = Revoke
rooms-expiry-never = Never ends
rooms-expiry-day = One day
rooms-expiry-week = One week
rooms-expiry-month = Thirty days

# Seldom
rooms-name = Room name
rooms-kind = Kind
rooms-create-go = Make the room
rooms-rename = Rename
rooms-new-pin = New PIN
rooms-new-pin-title = Replace the PIN?
rooms-new-pin-text = The present PIN no longer opens the room.
rooms-new-link = New link
rooms-new-link-title = Replace the link?
rooms-new-link-text = The present link leads nowhere any more. Further links stay.
rooms-delete = Delete room
rooms-delete-title = Delete the room?
rooms-delete-text = Number, links and chat are lost for all members.
rooms-leave = Leave room
rooms-leave-title = Leave the room?
rooms-leave-text = You no longer see the room and its chat until somebody takes you in again.

# On one's own web site
rooms-embed = Put on a web site
rooms-embed-text = The session login for your web site: the room number is filled in, guests only give their name.
rooms-embed-color = Colour of the button
rooms-embed-background = Background
rooms-embed-color-wrong = Write colours as # and six digits, for instance #e6b85c.
rooms-embed-title = Heading
rooms-embed-title-hint = As in the product
rooms-embed-language = Language
rooms-embed-language-any = The visitor’s
rooms-embed-german = German
rooms-embed-english = English
rooms-embed-script = As a script
rooms-embed-script-copy = Copy script
rooms-embed-frame = As a frame, where foreign scripts are not allowed
rooms-embed-frame-copy = Copy frame

# Call now
rooms-call-now = Call now
rooms-call-whom = Call whom?
rooms-call-go = Start
rooms-call-ring = { $count ->
    [one] Start and call one person
   *[other] Start and call { $count } people
}
rooms-call-lasts = Number and link are valid as long as this call lasts. If nobody joins for thirty minutes, it ends by itself.
rooms-group-call-of = Group call of { $name }
rooms-webinar-of = Webinar of { $name }
rooms-external = Invite external participants
rooms-external-text = Guests need no account. OK makes the link to the room of the name above.
rooms-external-link = Send the link by e-mail, SMS, WhatsApp or any way you like.
rooms-ok = OK

# What the server refuses
rooms-failed-running = A call is running in this room. End it first.
rooms-failed-planned = This room belongs to an entry of the planner. Delete the entry there.
rooms-failed-owner = The room belongs to this person, who stays a member.
rooms-failed-ringing = It rings for all of them already. Join, or wait a moment.
rooms-failed-nobody = There is nobody to call: all are there already, or not signed in. Write a message in the chat.
rooms-failed-forbidden = Only the room’s owner and its hosts may do that. Ask them.
rooms-failed-gone = This room no longer exists, or you no longer belong to it.
rooms-failed-name = Enter a name of 1 to 120 characters.
rooms-failed-members = One of them no longer has an account. Take them out and try again.
rooms-failed-label = Write for whom or what the link is.
rooms-failed-expiry = The link would be over already. Choose a later time.
rooms-failed-text = A message has 1 to 2000 characters. Shorten it.
rooms-failed-look = Write colours as #rrggbb; the heading has at most 80 characters.
