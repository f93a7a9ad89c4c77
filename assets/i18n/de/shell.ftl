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
shell-available = Verfügbar
shell-busy = Beschäftigt
shell-in-call = Im Gespräch
shell-no-connection = Keine Verbindung

# Datum
date-weekdays = Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
date-months = Januar Februar März April Mai Juni Juli August September Oktober November Dezember
date-header = { $weekday }, { $day }. { $month } { $year } · { $time }
