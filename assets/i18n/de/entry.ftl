# Eintrag planen und ändern
entry-plan-webinar = Webinar planen
entry-plan-group-call = Gruppenanruf planen
entry-change-webinar = Webinar bearbeiten
entry-change-group-call = Gruppenanruf bearbeiten
entry-title = Titel
entry-description = Beschreibung
entry-description-note = (steht in der Einladung)
entry-start = Beginn
entry-end = Ende
entry-now-hint = Taste h setzt Datum und Uhrzeit von jetzt.
entry-zone = Zeiten in { $name }.
entry-zone-here = Beginn bei Ihnen: { $name }.
entry-guidance = Der Planer ist für alles, was mehr als einen Tag im Voraus feststeht. Spontan geht es schneller mit „Sofort anrufen“.
entry-undated = Ohne Termin (dauerhafter Raum)
entry-undated-note = Nummer und Link bleiben; Sie starten, wann Sie wollen.
entry-save = Speichern
entry-saving = Wird gespeichert
entry-cancel = abbrechen

# Kalender
entry-calendar = Kalender öffnen
entry-month-before = Voriger Monat
entry-month-after = Nächster Monat
entry-today = heute
entry-monday = Montag
entry-tuesday = Dienstag
entry-wednesday = Mittwoch
entry-thursday = Donnerstag
entry-friday = Freitag
entry-saturday = Samstag
entry-sunday = Sonntag
entry-january = Januar
entry-february = Februar
entry-march = März
entry-april = April
entry-may = Mai
entry-june = Juni
entry-july = Juli
entry-august = August
entry-september = September
entry-october = Oktober
entry-november = November
entry-december = Dezember

# Wiederholung
entry-repeat = Wiederholung
entry-repeat-never = Keine Wiederholung
entry-repeat-daily = Täglich
entry-repeat-weekly = Wöchentlich
entry-repeat-monthly = Monatlich
entry-repeat-yearly = Jährlich
entry-repeat-foreign = Eigene Regel
entry-repeat-foreign-note = Dieser Eintrag folgt einer Regel, die dieses Formular nicht darstellen kann. Sie bleibt unverändert, solange Sie keine andere wählen.
entry-repeat-end = Ende der Wiederholung
entry-interval = Abstand der Wiederholung
entry-every = Abstand:
entry-unit-days = { $count ->
    [one] Tag
   *[other] Tage
}
entry-unit-weeks = { $count ->
    [one] Woche
   *[other] Wochen
}
entry-unit-months = { $count ->
    [one] Monat
   *[other] Monate
}
entry-unit-years = { $count ->
    [one] Jahr
   *[other] Jahre
}
entry-own-weekday = Der Tag des Beginns gehört immer dazu.
entry-monthly = Tag im Monat
entry-end-never = Endet nie
entry-end-until = Endet am
entry-end-count = Endet nach
entry-times = Mal
entry-until = Letzter Tag
entry-count = Anzahl der Wiederholungen
entry-every-days = { $count ->
    [one] Jeden Tag
   *[other] Alle { $count } Tage
}
entry-every-weeks = { $count ->
    [one] Jede Woche
   *[other] Alle { $count } Wochen
}
entry-every-months = { $count ->
    [one] Jeden Monat
   *[other] Alle { $count } Monate
}
entry-every-years = { $count ->
    [one] Jedes Jahr
   *[other] Alle { $count } Jahre
}
entry-on-days = am { $name }
entry-on-day = am { $name }.
entry-on-first = am ersten { $name }
entry-on-second = am zweiten { $name }
entry-on-third = am dritten { $name }
entry-on-fourth = am vierten { $name }
entry-on-last = am letzten { $name }
entry-and = und
entry-ends-until = bis zum { $name }
entry-ends-count = { $count ->
    [one] einmal
   *[other] insgesamt { $count }-mal
}
entry-skips = Wo es diesen Tag nicht gibt, fällt der Termin aus.

# Dazu
entry-notify = Teilnehmer via E-Mail benachrichtigen
entry-notify-note = { $count ->
    [0] Wer zugeordnet ist, erhält Einladung und Kalendereintrag beim Speichern.
    [one] Eine Person erhält Einladung und Kalendereintrag beim Speichern.
   *[other] { $count } Personen erhalten Einladung und Kalendereintrag beim Speichern.
}
entry-phone = Telefonkonferenzinformationen hinzufügen
entry-phone-none = Dieser Hub hat keine Einwahlnummer. Seine Verwaltung kann eine einrichten.
entry-phone-note = Die Einladung nennt Einwahlnummer und PIN.
entry-phone-note-pin = Die Einladung nennt Einwahlnummer und PIN { $name }.
entry-reminder = E-Mail-Erinnerung
entry-reminder-note = Nur an Sie, kurz vor Beginn. Keine Einladung.
entry-reminder-undated = Ohne Termin gibt es nichts, woran erinnert werden könnte.
entry-reminder-when = Zeitpunkt der Erinnerung
entry-before-minutes = { $count ->
    [one] 1 Minute vorher
   *[other] { $count } Minuten vorher
}
entry-before-hours = { $count ->
    [one] 1 Stunde vorher
   *[other] { $count } Stunden vorher
}
entry-before-days = { $count ->
    [one] 1 Tag vorher
   *[other] { $count } Tage vorher
}
entry-number = Dauerhafte Nummer
entry-number-note = Bleibt reserviert, solange der Eintrag besteht.
entry-number-later = Wird beim Speichern vergeben und bleibt, solange der Eintrag besteht.

# Teilnehmer
entry-people = Zugeordnete Teilnehmer
entry-people-hint = Name oder E-Mail-Adresse
entry-people-full = Mehr als 24 sind nicht möglich
entry-people-none = Noch niemand zugeordnet.
entry-count-of = { $count } von 24
entry-count-unlimited = { $count } · unbegrenzt
entry-offers = Vorschläge
entry-nobody = Niemand gefunden. Eine E-Mail-Adresse lädt Externe ein.
entry-contact = Kontakt
entry-organiser = Organisiert diesen Eintrag und ist immer dabei.
entry-organiser-own = Sie organisieren diesen Eintrag und sind immer dabei.
entry-remove = { $name } entfernen
entry-co-host = Moderiert mit
entry-co-host-mark = moderiert
entry-co-host-note = Ein Klick auf einen Namen bestimmt, wer mit Ihnen moderiert.
entry-outside = Externe Teilnehmer einladen
entry-outside-email = E-Mail-Adresse
entry-outside-name = Name (freiwillig)
entry-outside-add = Als externen Teilnehmer einladen
entry-outside-put = Hinzufügen
entry-outside-close = Fertig
entry-outside-open = Fügen Sie die Adresse hinzu oder leeren Sie das Feld.
entry-add-full = Ein Gruppenanruf hat höchstens 24 Teilnehmer. Entfernen Sie jemanden oder planen Sie ein Webinar.
entry-add-no-address = Das ist keine E-Mail-Adresse. Sie sieht so aus: name@beispiel.de
entry-add-long-name = Der Name ist zu lang: höchstens 80 Zeichen.
entry-add-organiser = Sie organisieren diesen Eintrag und müssen nicht eingeladen werden.
entry-add-twice = Diese Person ist bereits eingeladen.
entry-you = Sie
entry-quoted = „{ $name }“
entry-warnings = { $count ->
    [one] Zu dieser Zeit steht schon etwas anderes im Planer. Speichern können Sie trotzdem.
   *[other] Zu dieser Zeit stehen schon { $count } andere Termine im Planer. Speichern können Sie trotzdem.
}
entry-warnings-more = und { $count } weitere

# Was nicht stimmt
entry-errors = { $count ->
    [one] Ein Feld braucht Ihre Aufmerksamkeit:
   *[other] { $count } Felder brauchen Ihre Aufmerksamkeit:
}
entry-title-missing = Geben Sie einen Titel ein.
entry-title-too-long = Der Titel ist zu lang: höchstens 120 Zeichen.
entry-description-too-long = Die Beschreibung ist zu lang: höchstens 4000 Zeichen.
entry-past = Der Beginn liegt in der Vergangenheit. Wählen Sie eine spätere Zeit.
entry-end-before-start = Das Ende muss nach dem Beginn liegen.
entry-too-long = Ein Eintrag dauert höchstens 24 Stunden. Planen Sie einen längeren als tägliche Wiederholung.
entry-number-wrong = Geben Sie eine Zahl von 1 bis 1000 ein.
entry-until-before-start = Der letzte Tag liegt vor dem Beginn.
entry-too-many-people = Ein Gruppenanruf hat höchstens 24 Teilnehmer, ein Webinar 1000. Entfernen Sie jemanden.
entry-when-empty = Geben Sie Datum und Uhrzeit ein.
entry-when-unreadable = Das ist kein Datum. So geht es: 26.11.2026 14:00 oder morgen 9
entry-when-no-such-day = Diesen Tag gibt es nicht.
entry-when-no-such-time = Diese Uhrzeit gibt es nicht.
entry-when-other-weekday = Dieses Datum fällt auf einen anderen Wochentag.
entry-when-skipped = Diese Uhrzeit gibt es an dem Tag nicht: Die Uhren werden vorgestellt.
entry-refused = Der Server nimmt das nicht an: { $name }
entry-refused-start = Für den Server liegt der Beginn in der Vergangenheit oder zu weit voraus. Prüfen Sie die Uhr dieses Rechners oder wählen Sie eine andere Zeit.
entry-refused-end = Der Server nimmt dieses Ende nicht an: nach dem Beginn, höchstens 24 Stunden später.
entry-refused-repeat = Der Beginn fällt auf keinen Tag der Wiederholung. Ändern Sie den Beginn oder die Regel.
entry-refused-reminder = Eine Erinnerung kommt höchstens eine Woche vor dem Beginn.
entry-refused-twice = { $name } ist zweimal eingeladen, mit Konto und mit Adresse. Entfernen Sie eine der beiden Einladungen.
entry-refused-gone = { $name } hat kein Konto mehr. Entfernen Sie die Einladung.
entry-failed-running = Der Eintrag läuft gerade. Ihre Änderungen bleiben hier; speichern Sie nach dem Ende.
entry-failed-over = Der Eintrag ist vorbei und kann nicht mehr geändert werden. Planen Sie einen neuen.
entry-failed-gone = Diesen Eintrag gibt es nicht mehr. Planen Sie einen neuen.
entry-failed-forbidden = Nur wer den Eintrag organisiert, kann ihn ändern.
entry-failed-no-profile = Für den Planer brauchen Sie ein Konferenzprofil. Legen Sie es in den Einstellungen an.

# Verwerfen
entry-discard-title = Eingaben verwerfen?
entry-discard-text = Was Sie eingegeben haben, ist noch nicht gespeichert.
entry-discard-yes = Verwerfen
entry-discard-no = Weiter bearbeiten
