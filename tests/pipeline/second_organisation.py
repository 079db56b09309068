"""A made-up ferry and freight line with its own words: (pain, side, leaf, author, title, body). "-" belongs to no pain.

Written by hand for the tests of `pipeline.pains`; nothing of it comes from elsewhere.
"""

ISSUES: tuple[tuple[str, str, str, str, str, str], ...] = (
    # gate: cars wait at the terminal because the plate camera does not read them
    ("gate", "customer", "terminal", "c1", "Waited 40 minutes at the check-in gate", "The camera did not read my number plate and nobody was in the booth."),
    ("gate", "customer", "terminal", "c2", "Plate camera at the gate never recognises us", "Every crossing the barrier stays down until someone types our plate by hand."),
    ("gate", "customer", "terminal", "c3", "Barrier stays down at check-in", "Queue of twenty cars behind me while the gate camera kept searching for my plate."),
    ("gate", "customer", "terminal", "c4", "Missed our sailing because of the gate", "We were there an hour early. The plate reader said unknown vehicle."),
    ("gate", "developer", "terminal", "e1", "Plate recognition unusable after dark", "Gate staff type plates by hand from sunset on; the camera returns an empty read."),
    ("gate", "customer", "terminal", "c5", "Number plate not recognised again", "Third crossing where the barrier does not open for us."),
    ("gate", "customer", "terminal", "c6", "Camera reads my trailer plate instead of the car", "So the gate says I have no booking and the barrier stays shut."),
    # refund: money for cancelled sailings does not come back
    ("refund", "customer", "fares", "c7", "Still no refund for the cancelled sailing", "You cancelled on 3 May. It is now July and the money is not back."),
    ("refund", "customer", "fares", "c8", "Where is my money for the cancelled crossing", "The refund form says seven days. It has been five weeks."),
    ("refund", "customer", "fares", "c9", "Refund shows as paid but nothing arrived", "My bank sees nothing. The cancelled sailing cost us 312 euros."),
    ("refund", "customer", "fares", "c10", "Voucher instead of refund", "I asked for my money back for the storm cancellation and received a voucher."),
    ("refund", "customer", "fares", "c11", "Refund takes two months", "Sailing cancelled by you, refund promised within a week."),
    ("refund", "developer", "fares", "e2", "Refund batch silently skips cancelled group fares", "Customers ring for weeks; the nightly refund job drops every booking with more than nine passengers."),
    ("refund", "customer", "fares", "c12", "Fourth mail about our cancelled trip", "Please refund the tickets, we had to pay for another line."),
    # manifest: cargo papers are lost between the portal and customs
    ("manifest", "customer", "freight", "c13", "Customs has no manifest for our trailer", "We submitted the cargo manifest in the portal and customs says it never came."),
    ("manifest", "customer", "freight", "c14", "Manifest accepted, then gone at customs", "Driver held for six hours because the cargo papers were not transmitted."),
    ("manifest", "customer", "freight", "c15", "Cargo papers do not reach the customs office", "Portal says sent. Our broker faxes the manifest every time now."),
    ("manifest", "customer", "freight", "c16", "Trailer stuck at customs since Tuesday", "The manifest in your portal is marked as transmitted but they have nothing."),
    ("manifest", "developer", "freight", "e3", "Manifest messages to customs are dropped without an error", "Customs gateway answers 202 and the manifest vanishes; freight customers find out at the border."),
    ("manifest", "customer", "freight", "c17", "We send every manifest twice to be safe", "Once in the portal, once by mail to customs, because half of them are lost."),
    # seats: the same cabin is sold twice
    ("cabin", "customer", "booking", "c18", "Somebody else was in our cabin", "Two families with the same cabin number. The purser had to find beds at midnight."),
    ("cabin", "customer", "booking", "c19", "Cabin sold twice", "We booked a four-berth cabin in January and another couple had the same key."),
    ("cabin", "customer", "booking", "c20", "Our cabin had been given to others", "Slept in the lounge with two children though the booking shows a cabin."),
    ("cabin", "customer", "booking", "c21", "Double cabin booking on the night crossing", "Same cabin on two tickets. The crew says this happens every weekend."),
    ("cabin", "developer", "booking", "e4", "Cabin inventory oversells when two channels book at once", "Two bookings get the same cabin when the agent portal and the website write in the same second."),
    ("cabin", "customer", "booking", "c22", "Cabin on ticket does not exist", "The cabin number belongs to another family, we were moved to seats."),
    # ports: engineers cannot try anything without a copy of the harbour simulator
    ("simulator", "developer", "platform", "e5", "Harbour simulator is booked out for days", "I need the simulator to test berth changes and the next free slot is Thursday."),
    ("simulator", "developer", "booking", "e6", "Waiting for the simulator again", "One harbour simulator for five teams. I tested my change on paper."),
    ("simulator", "developer", "freight", "e7", "Simulator slot lost overnight", "Someone reset the harbour simulator and my two-day slot was gone."),
    ("simulator", "developer", "terminal", "e8", "No way to run the harbour simulator on a laptop", "So every test of berth logic waits for the shared one."),
    ("simulator", "developer", "fares", "e9", "We skip berth tests when the simulator is taken", "The simulator calendar is full until the end of the month."),
    # deploys: releases wait for the release board
    ("board", "developer", "platform", "e10", "Release board meets once a week", "A one-line fix waits six days for the board to approve the deployment."),
    ("board", "developer", "fares", "e11", "Hotfix waited four days for approval", "The release board wants a form with eleven fields, even for a typo."),
    ("board", "developer", "freight", "e12", "Deployment approval form asks for things nobody knows", "I copy the answers from the last release; the board has never asked."),
    ("board", "developer", "booking", "e13", "Missed the release board by ten minutes", "Next deployment is in a week, with everything else that piled up in it."),
    ("board", "developer", "terminal", "e14", "Releases are huge because the board is weekly", "Nineteen changes in one deployment and no idea which one broke the kiosks."),
    # alerts: night pages for a queue that heals itself
    ("pages", "developer", "platform", "e15", "Paged four times last night for queue depth", "The alert cleared by itself before I had opened the laptop."),
    ("pages", "developer", "fares", "e16", "Queue depth alert is noise", "On call I get paged every night at two and it always clears within minutes."),
    ("pages", "developer", "freight", "e17", "Nobody reads the queue alerts any more", "Ninety pages in a week of on call, one of them real."),
    ("pages", "developer", "booking", "e18", "Woken at 02:10 by an alert that heals itself", "Queue depth pages on call, then recovers. Every single night."),
    ("pages", "developer", "terminal", "e19", "I muted the queue depth alert on my phone", "On call is impossible with that many false pages."),
    # kiosk: the ticket printer
    ("kiosk", "customer", "terminal", "c23", "Kiosk printed half a boarding pass", "The barcode was cut off and I had to queue at the desk."),
    ("kiosk", "customer", "terminal", "c24", "Boarding pass printer jams at the kiosk", "Both kiosks at pier 2 were out of order, printers jammed."),
    ("kiosk", "customer", "terminal", "c25", "No boarding pass from the kiosk", "It took the booking code, made a noise and printed a blank strip."),
    ("kiosk", "developer", "terminal", "e20", "Kiosk printers cut boarding passes after the driver update", "Passengers come to the desk with half a barcode; we print again behind the counter."),
    ("kiosk", "customer", "terminal", "c26", "Boarding pass came out blank", "Printed twice at the kiosk, both times without a barcode."),
    # singles
    ("-", "customer", "fares", "c27", "Student discount not offered on the island route", "The page lists it for all other routes."),
    ("-", "customer", "booking", "c28", "Cannot change the name on my ticket", "I married in June and the passport has my new name."),
    ("-", "customer", "terminal", "c29", "Lift on deck 5 has been out for weeks", "My mother uses a wheelchair and could not reach the restaurant."),
    ("-", "developer", "platform", "e21", "Logs of the ticket service are kept for two days only", "By the time somebody reports a fault there is nothing left to read."),
    ("-", "developer", "freight", "e22", "Tariff tables live in one person's spreadsheet", "When she is on leave nobody can quote a price for reefers."),
    ("-", "customer", "freight", "c30", "Reefer plugs too far from lane 9", "The drivers bring their own extension cables."),
    ("-", "customer", "booking", "c31", "App forgets my pet every time", "I add the dog to the booking and it is gone when I pay."),
    ("-", "developer", "fares", "e23", "Currency rounding differs between website and agent portal", "One cent off, and the books do not close at month end."),
    ("-", "customer", "fares", "c32", "Charged in the wrong currency", "Booked in kroner, paid in euros, the bank took a fee."),
    ("-", "developer", "terminal", "e24", "Tablet for lane staff loses its charge by noon", "The crew writes lane numbers on tape for the rest of the day."),
)
