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
shell-no-connection = No connection

# Dates
date-day = { $weekday }, { $day } { $month }
date-today = Today
date-yesterday = Yesterday
date-header = { $weekday }, { $day } { $month } { $year } · { $time }

# This computer's clock
clock-slow = This computer's clock is { $name } slow. Katheder goes by the hub's clock. Please set the computer's clock right.
clock-fast = This computer's clock is { $name } fast. Katheder goes by the hub's clock. Please set the computer's clock right.
clock-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
clock-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
clock-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
