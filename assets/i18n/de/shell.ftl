# Rahmen um die Seiten
shell-call-now = Sofort anrufen
shell-planner = Anrufplaner
shell-rooms = Räume
shell-rooms-waiting = { $count ->
    [one] In einem Raum wartet jemand.
   *[other] In { $count } Räumen wartet jemand.
}
shell-contacts = Kontakte
shell-journal = Journal
shell-settings = Einstellungen
shell-running = Läuft
shell-on-hold = Gehalten
shell-inside = { $count ->
    [one] 1 ist da
   *[other] { $count } sind da
}
shell-take-part = Teilnehmen
shell-join = Teilnehmen: { $name }
shell-no-connection = Keine Verbindung

# Datum
date-day = { $weekday }, { $day }. { $month }
date-today = Heute
date-yesterday = Gestern
date-header = { $weekday }, { $day }. { $month } { $year } · { $time }

# Die Uhr dieses Rechners
clock-slow = Die Uhr dieses Rechners geht { $name } nach. Katheder richtet sich nach der Uhr des Hubs. Bitte stellen Sie die Uhr des Rechners richtig.
clock-fast = Die Uhr dieses Rechners geht { $name } vor. Katheder richtet sich nach der Uhr des Hubs. Bitte stellen Sie die Uhr des Rechners richtig.
clock-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
}
clock-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count } Stunden
}
clock-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}
