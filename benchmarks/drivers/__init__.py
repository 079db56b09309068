"""How each peer is driven. They run in environments of their own: nothing here may import anything of ours.

    python DRIVER.py URL OWNER/NAME FOLDER

reads every issue of the repository and leaves what it read in the folder, as the tool leaves it.
"""
