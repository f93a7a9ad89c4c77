# Call planner
planner-title = Call planner
planner-plan-webinar = Plan webinar
planner-plan-group-call = Plan group call
planner-loading = Loading entries
planner-again = Try again

# Filters
planner-kind = Kind
planner-kind-all = All
planner-kind-webinars = Webinars
planner-kind-group-calls = Group calls
planner-state = State
planner-state-all = all
planner-state-is = State: { $name }
planner-span = Period
planner-span-all = All dates
planner-span-week = This week
planner-span-fortnight = This and next week
planner-span-month = This month
planner-span-next-month = Next month
planner-span-last = Last 30 days
planner-span-between = From – to …
planner-range = Choose a period
planner-range-first = From
planner-range-last = To
planner-range-show = Show period
planner-range-no-day = That is not a day. This works: 26 Nov 2026, or tomorrow
planner-range-order = The last day is before the first one. Change one of them.
planner-whose = Whose
planner-whose-both = Mine and invited
planner-whose-mine = Mine
planner-whose-invited = Invited
planner-whose-all = All entries
planner-filter = Filter
planner-search = Search
planner-search-key = Ctrl F
planner-nothing-found = No entry fits these filters
planner-nothing-found-note = Remove a filter to see more.
planner-clear-filters = Reset filters
planner-more = Show more

# Columns and sections
planner-column-start = Start
planner-column-kind = Kind
planner-column-title = Title
planner-column-state = State
planner-column-number = Number
planner-column-action = Action
planner-group-now = Now and soon
planner-group-permanent = Permanent rooms
planner-group-permanent-note = without a date, the number stays reserved
planner-group-past = Past
planner-any-time = Any time
planner-permanent = permanent
planner-today = today
planner-planned = Planned
planner-soon = Soon
planner-running = Running
planner-held = On hold
planner-over = Over
planner-public = Public
planner-permanent-state = Permanent
planner-permanent-kind = { $name }, permanent room
planner-you = You
planner-series = Series
planner-invited = You are invited
planner-public-note = public, guests allowed
planner-registered = { $count } invited
planner-participants = { $count ->
    [one] 1 participant
   *[other] { $count } participants
}
planner-accepted = { $count } accepted
planner-declined = { $count } declined
planner-tentative = { $count } tentative
planner-open = { $count } open
planner-inside = { $count } inside
planner-inside-of = { $inside } of { $count } inside
planner-waiting = { $count } waiting
planner-mails-failed = { $count ->
    [one] 1 e-mail not delivered
   *[other] { $count } e-mails not delivered
}

# Rows
planner-join = Join call
planner-show = Show
planner-edit = Edit
planner-invite = Invite
planner-delete = Delete
planner-actions = More actions
planner-only-organiser = Only { $name } can do this.
planner-no-edit-running = Running now: end it first, then edit.
planner-no-edit-over = Already over: plan a new entry.
planner-not-now = Not possible right now.
planner-no-delete-running = Running now: end it first.
planner-no-invite-over = Already over: nobody can be invited any more.
planner-no-join-over = The call is over.
planner-no-join-yet = You can join from 15 minutes before the start.

# Deleting
planner-delete-title = Delete this entry?
planner-delete-text = “{ $name }” is removed from the planner. The number { $number } becomes free, link and PIN stop working.
planner-delete-notified = All participants get a cancellation by e-mail.
planner-keep = Keep

# Inviting
planner-invite-by = Invite:
planner-select-hint = Select an entry to invite others to it.
planner-selected = selected
planner-working = One moment …
planner-by-mail = By e-mail
planner-copy-text = Copy invitation
planner-copy-other = Invitation in German
planner-calendar = Calendar entry
planner-calendar-open = Open in calendar
planner-copy-link = Copy the link
planner-copy-number = Number and PIN
planner-code = QR code
planner-code-text = The camera of a phone opens the guest page with this code.
planner-import = Import a reply (.ics)
planner-more-ways = More ways to invite
planner-text-copied = Invitation copied
planner-link-copied = Link copied
planner-number-copied = Number and PIN copied
planner-mails-queued = { $count ->
    [0] Nobody has an e-mail address.
    [one] 1 e-mail is on its way.
   *[other] { $count } e-mails are on their way.
}
planner-calendar-saved = Saved: { $name }
planner-answer-accepted = { $name } accepts.
planner-answer-tentative = { $name } may come.
planner-answer-declined = { $name } declines.
planner-answer-older = A newer reply from { $name } is already known.
planner-nobody-invited = Nobody is invited yet. Add participants by editing.
planner-no-date = A room without a date is in no calendar. Give it a start by editing.

# First use
planner-empty-title = Nothing planned yet
planner-empty-text = Plan what is fixed more than a day ahead. For everything spontaneous, “Call now” is enough.
planner-webinar-text = You present, any number of people listen and ask questions.
planner-webinar-key = Ctrl N
planner-group-call-text = Up to 24 participants see and hear each other.
planner-group-call-key = Ctrl G
planner-profile-missing = Your conference profile is missing. Without it you can neither plan nor join.
planner-profile-make = Create profile

# Details
planner-back = Back
planner-about = Event
planner-when = When
planner-organiser = Organiser
planner-description = Description
planner-notices = Notifications
planner-notify = Participants are notified by e-mail.
planner-phone-info = Invitations carry the telephone conference information.
planner-reminder = You are reminded by e-mail { $name } before.
planner-no-mails = None
planner-way-in = Ways in
planner-pin = PIN
planner-link = Link
planner-copy = Copy { $name }
planner-number-note = Stays reserved for as long as the entry stands; for several groups and dates, too.
planner-people = Participants
planner-co-host = Co-host
planner-reply-accepted = Accepted
planner-reply-tentative = Tentative
planner-reply-declined = Declined
planner-reply-open = Open
planner-mails = Undelivered e-mails
planner-mail-invitation = Invitation
planner-mail-change = Change
planner-mail-cancellation = Cancellation
planner-mail-reminder = Reminder
planner-mail-failed = { $name } failed:
planner-mail-waits = { $name } waits for the next try.
planner-mail-again = Send again

# Dates of a series
planner-dates = Next dates
planner-end = End
planner-exceptions = Exceptions
planner-move-one = Move this date
planner-cancel-one = Cancel this date
planner-moved = Moved
planner-cancelled = Cancelled
planner-restore = Restore
planner-cancel-title = Cancel this date?
planner-cancel-text = { $name } does not take place. The other dates of the series stay.
planner-cancel-yes = Cancel date
planner-cancel = cancel
planner-move-title = Move date
planner-move-save = Move
planner-move-hint = Date and time, for example 2026-11-25 14:00
planner-move-format = Write date and time like 2026-11-25 14:00.
planner-move-past = The start lies in the past. Choose a later one.
planner-move-order = The end must be after the start, by 24 hours at most.
planner-move-long = An event lasts 24 hours at most.
planner-double-booked = { $count ->
    [one] Saved. One participant has something else at that time.
   *[other] Saved. There are { $count } overlaps with other events of the participants.
}

# What does not work
planner-failed-profile = Create your conference profile in the settings first.
planner-failed-live = The conference is running. End it, then the entry can be deleted.
planner-failed-single = This entry has only one date. Change it by editing.
planner-failed-begun = This date has begun and stays as it is.
planner-failed-last = This is the last date of the series. Delete the entry instead.
planner-failed-exceptions = The series has too many exceptions. Plan it anew.
planner-failed-mail = This hub sends no e-mail. Copy the invitation and send it yourself.
planner-failed-one-date = This reply is to one date of the series. Only replies to the whole series are taken.
planner-failed-stranger = Who replies here is not invited. Add them first.
planner-failed-forbidden = Only whoever made the entry may do this.
planner-failed-gone = This entry does not exist any more.
planner-failed-reply = That is no reply to this invitation. Choose the .ics file from the reply e-mail.
planner-failed-hub = The hub had a problem. Try again in a moment.

# Days and times
planner-short-day = { $weekday } { $day }/{ $month }
planner-figures = { $day }/{ $month }
planner-hours = { $name } h
planner-minutes = { $name } min
planner-in-minutes = { $count ->
    [0] now
    [one] in 1 minute
   *[other] in { $count } minutes
}
planner-mon = Mon
planner-tue = Tue
planner-wed = Wed
planner-thu = Thu
planner-fri = Fri
planner-sat = Sat
planner-sun = Sun
