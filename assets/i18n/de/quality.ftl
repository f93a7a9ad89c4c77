quality-good = Verbindung gut
quality-weak = Verbindung schwach
quality-bad = Verbindung schlecht
quality-fine = Alles in Ordnung.
quality-hub-gone = Der Server antwortet nicht. Die Verbindung wird von selbst wieder aufgenommen.
quality-media-gone = Bild und Ton kommen nicht durch. Starten Sie das Gespräch neu, wenn es so bleibt.
quality-own-uplink-loss = Auf dem Weg von Ihnen gehen { $percent } % der Daten verloren. Andere sehen und hören Sie schlecht.
quality-own-uplink = Ihre Leitung ist schwach. Andere sehen Sie kleiner oder verzögert.
quality-own-downlink-loss = Auf dem Weg zu Ihnen gehen { $percent } % der Daten verloren.
quality-own-downlink = Ihre Leitung ist schwach. Sie sehen andere kleiner oder mit Aussetzern.
quality-computer = Ihr Rechner ist ausgelastet. Schließen Sie andere Programme, oder schalten Sie die Unschärfe aus.
quality-camera = Ihre Kamera liefert kein Bild. Prüfen Sie, ob ein anderes Programm sie benutzt.
quality-encoder = Ihr Bild konnte nicht verarbeitet werden. Starten Sie das Gespräch neu.
quality-theirs-loss = Die Leitung von { $name } verliert { $percent } %, Ihre Seite ist in Ordnung.
quality-theirs = Die Leitung von { $name } ist schwach, Ihre Seite ist in Ordnung.
quality-their-silence = Von { $name } kommt nichts mehr an, Ihre Seite ist in Ordnung.
quality-both = Die Leitung von { $name } und Ihre eigene sind schwach.
quality-their-downlink = { $name } sieht und hört andere vielleicht schlecht, Ihre Seite ist in Ordnung.

health-people = Verbindungen
health-well = { $count ->
    [one] Bei einer weiteren Person ist alles in Ordnung.
   *[other] Bei { $count } weiteren Personen ist alles in Ordnung.
}
health-through-us = { $count ->
    [one] Bei einer weiteren Person liegt es an Ihrer Seite.
   *[other] Bei { $count } weiteren Personen liegt es an Ihrer Seite.
}
