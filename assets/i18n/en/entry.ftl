# Planning and changing an entry
entry-plan-webinar = Plan webinar
entry-plan-group-call = Plan group call
entry-change-webinar = Edit webinar
entry-change-group-call = Edit group call
entry-title = Title
entry-description = Description
entry-description-note = (goes into the invitation)
entry-start = Start
entry-end = End
entry-now-hint = The key h fills in the present date and time.
entry-zone = Times in { $name }.
entry-zone-here = Start where you are: { $name }.
entry-guidance = The planner is for what is fixed more than a day ahead. On the spur of the moment, “Call now” is quicker.
entry-undated = Without a date (permanent room)
entry-undated-note = Number and link stay; you start whenever you like.
entry-save = Save
entry-saving = Saving
entry-cancel = Cancel

# Calendar
entry-calendar = Open calendar
entry-month-before = Previous month
entry-month-after = Next month
entry-today = today
entry-monday = Monday
entry-tuesday = Tuesday
entry-wednesday = Wednesday
entry-thursday = Thursday
entry-friday = Friday
entry-saturday = Saturday
entry-sunday = Sunday
entry-january = January
entry-february = February
entry-march = March
entry-april = April
entry-may = May
entry-june = June
entry-july = July
entry-august = August
entry-september = September
entry-october = October
entry-november = November
entry-december = December

# Recurrence
entry-repeat = Recurrence
entry-repeat-never = Does not repeat
entry-repeat-daily = Daily
entry-repeat-weekly = Weekly
entry-repeat-monthly = Monthly
entry-repeat-yearly = Yearly
entry-repeat-foreign = Own rule
entry-repeat-foreign-note = This entry follows a rule that this form cannot show. It stays as it is unless you choose another.
entry-repeat-end = End of the recurrence
entry-interval = Interval of the recurrence
entry-every = Every:
entry-unit-days = { $count ->
    [one] day
   *[other] days
}
entry-unit-weeks = { $count ->
    [one] week
   *[other] weeks
}
entry-unit-months = { $count ->
    [one] month
   *[other] months
}
entry-unit-years = { $count ->
    [one] year
   *[other] years
}
entry-own-weekday = The day of the start always belongs to it.
entry-monthly = Day of the month
entry-end-never = Never ends
entry-end-until = Ends on
entry-end-count = Ends after
entry-times = times
entry-until = Last day
entry-count = Number of occurrences
entry-every-days = { $count ->
    [one] Every day
   *[other] Every { $count } days
}
entry-every-weeks = { $count ->
    [one] Every week
   *[other] Every { $count } weeks
}
entry-every-months = { $count ->
    [one] Every month
   *[other] Every { $count } months
}
entry-every-years = { $count ->
    [one] Every year
   *[other] Every { $count } years
}
entry-on-days = on { $name }
entry-on-day = on { $name }
entry-on-first = on the first { $name }
entry-on-second = on the second { $name }
entry-on-third = on the third { $name }
entry-on-fourth = on the fourth { $name }
entry-on-last = on the last { $name }
entry-and = and
entry-ends-until = until { $name }
entry-ends-count = { $count ->
    [one] once
   *[other] { $count } times in all
}
entry-skips = Where there is no such day, it is left out.

# What comes with it
entry-notify = Notify participants by e-mail
entry-notify-note = { $count ->
    [0] Whoever is assigned gets invitation and calendar entry on saving.
    [one] One person gets invitation and calendar entry on saving.
   *[other] { $count } people get invitation and calendar entry on saving.
}
entry-phone = Add telephone-conference information
entry-phone-none = This hub has no dial-in number. Its administration can set one up.
entry-phone-note = The invitation gives dial-in number and PIN.
entry-phone-note-pin = The invitation gives dial-in number and PIN { $name }.
entry-reminder = E-mail reminder
entry-reminder-note = Only to you, shortly before the start. Not an invitation.
entry-reminder-undated = Without a date there is nothing to be reminded of.
entry-reminder-when = Time of the reminder
entry-before-minutes = { $count ->
    [one] 1 minute before
   *[other] { $count } minutes before
}
entry-before-hours = { $count ->
    [one] 1 hour before
   *[other] { $count } hours before
}
entry-before-days = { $count ->
    [one] 1 day before
   *[other] { $count } days before
}
entry-number = Permanent number
entry-number-note = Stays reserved as long as the entry stands.
entry-number-later = Given on saving; it stays as long as the entry stands.

# Participants
entry-people = Assigned participants
entry-people-hint = Name or e-mail address
entry-people-full = No more than 24 are possible
entry-people-none = Nobody assigned yet.
entry-count-of = { $count } of 24
entry-count-unlimited = { $count } · unlimited
entry-offers = Suggestions
entry-nobody = Nobody found. An e-mail address invites people from outside.
entry-contact = Contact
entry-organiser = Organises this entry and always takes part.
entry-organiser-own = You organise this entry and always take part.
entry-remove = Remove { $name }
entry-co-host = Moderates with you
entry-co-host-mark = moderates
entry-co-host-note = A click on a name decides who moderates with you.
entry-outside = Invite external participants
entry-outside-email = E-mail address
entry-outside-name = Name (optional)
entry-outside-add = Invite as external participant
entry-outside-put = Add
entry-outside-close = Done
entry-outside-open = Add the address, or empty the field.
entry-add-full = A group call has at most 24 participants. Remove somebody, or plan a webinar.
entry-add-no-address = That is not an e-mail address. It looks like this: name@example.com
entry-add-long-name = The name is too long: at most 80 characters.
entry-add-organiser = You organise this entry and need not be invited.
entry-add-twice = This person is invited already.
entry-you = You
entry-quoted = “{ $name }”
entry-warnings = { $count ->
    [one] The planner has something else at that time. You can save all the same.
   *[other] The planner has { $count } other entries at that time. You can save all the same.
}
entry-warnings-more = and { $count } more

# What is wrong
entry-errors = { $count ->
    [one] One field needs your attention:
   *[other] { $count } fields need your attention:
}
entry-title-missing = Enter a title.
entry-title-too-long = The title is too long: at most 120 characters.
entry-description-too-long = The description is too long: at most 4000 characters.
entry-past = The start lies in the past. Choose a later time.
entry-end-before-start = The end has to be later than the start.
entry-too-long = An entry takes at most 24 hours. Plan a longer one as a daily recurrence.
entry-number-wrong = Enter a number from 1 to 1000.
entry-until-before-start = The last day comes before the start.
entry-too-many-people = A group call has at most 24 participants, a webinar 1000. Remove somebody.
entry-when-empty = Enter date and time.
entry-when-unreadable = That is not a date. Try 26 Nov 2026 14:00 or tomorrow 9
entry-when-no-such-day = There is no such day.
entry-when-no-such-time = There is no such time.
entry-when-other-weekday = That date is another weekday.
entry-when-skipped = There is no such time on that day: the clocks are put forward.
entry-refused = The hub does not take this: { $name }
entry-refused-start = For the hub the start lies in the past or too far ahead. Check this computer’s clock, or choose another time.
entry-refused-end = The hub does not take this end: after the start, by 24 hours at most.
entry-refused-repeat = The start is not a day of the recurrence. Change the start or the rule.
entry-refused-reminder = A reminder comes a week before the start at the earliest.
entry-refused-twice = { $name } is invited twice, by account and by address. Remove one of the two.
entry-refused-gone = { $name } has no account any more. Remove the invitation.
entry-failed-running = The entry is running. Your changes stay here; save them when it is over.
entry-failed-over = The entry is over and cannot be changed any more. Plan a new one.
entry-failed-gone = This entry does not exist any more. Plan a new one.
entry-failed-forbidden = Only who organises the entry can change it.
entry-failed-no-profile = The planner needs your conference profile. Create it in the settings.

# Discarding
entry-discard-title = Discard what you entered?
entry-discard-text = What you entered has not been saved yet.
entry-discard-yes = Discard
entry-discard-no = Keep editing
