# Controls that bring their own words
kit-close = Close
