pre-join-name = Ihr Name
pre-join-name-missing = Bitte geben Sie einen Namen ein. Alle anderen lesen ihn.
pre-join-nobody = Noch niemand da
pre-join-one = { $name } ist da
pre-join-there = { $count } sind da
pre-join-waiting = { $count ->
    [one] 1 wartet
   *[other] { $count } warten
}
pre-join-starts = { $count ->
    [one] Ein Gast wartet. Er kommt herein, sobald Sie beitreten.
   *[other] { $count } Gäste warten. Sie kommen herein, sobald Sie beitreten.
}
pre-join-lobby = Der Warteraum ist an: Gäste klopfen, und Sie lassen sie herein.
pre-join-no-place = Alle Gastplätze des Servers sind belegt. Weitere Gäste werden abgewiesen.
pre-join-few-places = { $count ->
    [one] Nur noch ein Gastplatz ist frei.
   *[other] Nur noch { $count } Gastplätze sind frei.
}
check-network = Netz
join-audio-only = Nur Audio
join-audio-only-caption = Kein Bild, weder eigenes noch das der anderen
test-sound = Testton
test-sound-playing = Testton läuft …
test-sound-failed = Der Lautsprecher spielt nicht. Wählen Sie einen anderen.
