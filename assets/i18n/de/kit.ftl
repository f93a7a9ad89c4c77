# Steuerelemente, die eigene Wörter mitbringen
kit-close = Schließen
