"""The long work that pages ask for, one file each; a task gets a folder and says how far it is."""
