# The frame around the pages
shell-call-now = Call now
shell-planner = Planner
shell-rooms = Rooms
shell-rooms-waiting = { $count ->
    [one] Somebody waits in one room.
   *[other] Somebody waits in { $count } rooms.
}
shell-contacts = Contacts
shell-journal = Journal
shell-settings = Settings
shell-running = Running
shell-on-hold = On hold
shell-inside = { $count ->
    [one] 1 is there
   *[other] { $count } are there
}
shell-take-part = Join in
shell-join = Join in: { $name }
shell-available = Available
shell-busy = Busy
shell-in-call = In a call
shell-no-connection = No connection

# Dates
date-weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
date-months = January February March April May June July August September October November December
date-header = { $weekday }, { $day } { $month } { $year } · { $time }
