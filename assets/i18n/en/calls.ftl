# Calls that ring
calls-window = { $name } is calling
calls-rings = You are called
calls-rings-all = Everybody is called
calls-you-video = calls you with video
calls-you-audio = calls you
calls-you-into = calls you into { $name }
calls-already-there = { $count } already there
calls-join = Join
calls-join-audio = Audio only
calls-decline = Decline
calls-how = You join { $sound } and { $picture }.
calls-how-muted = muted
calls-how-heard = with sound
calls-how-no-camera = without camera
calls-how-camera = with camera
calls-how-blurred = with a blurred background
calls-how-picture = with a background picture

# Own calls
calls-asking = Calling …
calls-ringing-video = Video call: it rings at { $name }’s …
calls-ringing-audio = Audio call: it rings at { $name }’s …
calls-cancel = Hang up
calls-close = Close
calls-declined = { $name } declined. Write a message, or call later.
calls-missed = { $name } did not answer. The call is in their journal.
calls-busy = { $name } is in a call and was not disturbed. Yours is in their journal.
calls-not-there = { $name } is not signed in. Write a message, or plan a call.
calls-rings-already = It rings at { $name }’s already. Wait a moment.
calls-stranger = You cannot call { $name } yet. Add them to your contacts.

# Links, and the icon in the tray
calls-link-waits = The link opens as soon as this call is over.
calls-link-in-browser = This link leads to a guest page. It opens in your browser.
calls-tray-show = Show Katheder
calls-tray-quit = Quit
calls-tray-offline = Not connected

# Journal
journal-title = Journal
journal-loading = Loading calls
journal-again = Try again
journal-empty-title = No calls yet
journal-empty = Your calls will stand here: made, taken and missed.
journal-only = Only calls with
journal-all = Show all calls
journal-none-with = None of the loaded calls was with this person.
journal-older = Earlier calls
journal-audio = Call { $name } back with sound
journal-video = Call { $name } back with video
journal-missed-count = { $count ->
    [one] 1 missed call
   *[other] { $count } missed calls
}
journal-rings = Rings now
journal-missed = Missed
journal-declined = Declined by you
journal-while-busy = Missed, you were in a call
journal-while-away = Missed, you were not signed in
journal-in-video = Incoming video call
journal-in-audio = Incoming audio call
journal-not-taken = Not answered
journal-was-declined = Was declined
journal-was-busy = Was in a call
journal-was-away = Was not signed in
journal-out-video = Outgoing video call
journal-out-audio = Outgoing audio call
