"""What a measurement is worth: number of questions asked, false alarms, detection limits."""
