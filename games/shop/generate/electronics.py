"""Cables, sound, cameras, screens, computers and telephones of the invented shop."""

from __future__ import annotations

from kibitz.games.shop.generate.department import department, listed

SHARED = listed(
    """easy use, high quality, easy install, heavy duty, light weight, plug play, easy carry, high speed, fast
    charging, batteries included, high performance, carrying case"""
)
"""Attributes of things of all departments."""

DEPARTMENTS = (
    department(
        "Electronics › Accessories & Power › Cables & Adapters",
        dear=False,
        kinds="""hdmi cables = hdmi cable, power cables = power cable, usb cables = usb cable, audio cables = audio
            cable, ethernet cables = ethernet cable, wall chargers = wall charger, power strips = power strip,
            extension cords = extension cord""",
        attributes="""gold plated, tangle free, output protection, aluminum alloy, blu ray, high resolution, nylon
            braided, double shielded, right angle, usb port, surge protected, travel size, flame retardant, strain
            relief""",
        materials="copper, nylon braid, aluminum, silicone, tinned copper, pvc",
        details="""gold contacts, strain relief, hook strap, dust caps, status light, two outlets, slim plug,
            ferrite core""",
        uses="tv, laptop, game console, office, workshop, camera, tablet, travel",
        options="size/lengths/0.6, color/colours/0.4, style/ends/0.1",
    ),
    department(
        "Electronics › Home Audio & Headphones",
        dear=False,
        kinds="""over-ear headphones = headphones, earbuds = earbuds, bluetooth speakers = bluetooth speaker,
            soundbars = soundbar, turntables = turntable, home theater systems = home theater system, microphones =
            microphone, portable radios = radio""",
        attributes="""stereo sound, noise cancelling, hands free, long lasting battery, deep bass, water resistant,
            wireless bluetooth, remote control, home theater, surround sound, voice control, touch control, dust
            proof, low latency, auxiliary input""",
        materials="abs, memory foam, aluminum, walnut veneer, fabric mesh, protein leather",
        details="volume dial, folding arms, ear cushions, dual drivers, charging dock, passive radiator, display",
        uses="gym, office, kitchen, living room, commuting, podcast, party, studio",
        options="color/colours/0.7, style/editions/0.2, size/packs/0.1",
    ),
    department(
        "Electronics › Camera & Photo › Photo Equipment",
        dear=True,
        kinds="""digital cameras = digital camera, camera lenses = camera lens, camera flashes = flash, tripods =
            tripod, camera bags = camera bag, memory cards = memory card, binoculars = binoculars, lens filters =
            lens filter""",
        attributes="""optical zoom, 4k recording, image stabilization, quick release, carbon fiber, multi coated,
            wide angle, fast focus, shock proof, high definition, fog proof, night vision, padded insert, low light,
            bird watching""",
        materials="magnesium, aluminum, optical glass, carbon fiber, canvas, rubber",
        details="""ball head, lens hood, flip screen, shoulder strap, rain cover, spare battery, cleaning cloth,
            bubble level""",
        uses="travel, wildlife, portraits, hiking, concerts, video, sports, beginners",
        options="color/colours/0.4, style/editions/0.5, size/diameters/0.3",
    ),
    department(
        "Electronics › Television & Video",
        dear=True,
        kinds="""video projectors = projector, projection screens = projection screen, remote controls = remote
            control, tv mounts = tv mount, streaming players = streaming player, tv antennas = antenna, televisions
            = television""",
        attributes="""1080p hd, ultra hd, dual band, quick set, wall mounted, full motion, long range, quad core,
            high contrast, ceiling mount, keystone correction, backlit keys, energy efficient, voice search""",
        materials="steel, abs, tempered glass, aluminum, matte vinyl",
        details="cable clips, batteries, hdmi ports, tilting arm, carry bag, signal booster, built-in speaker",
        uses="bedroom, home theater, classroom, backyard, meeting room, game room, rv",
        options="size/screens/0.6, color/colours/0.5, style/editions/0.1",
    ),
    department(
        "Electronics › Computers & Tablets › Components & Devices",
        dear=True,
        kinds="""laptops = laptop, tablets = tablet, computer monitors = monitor, keyboards = keyboard, computer
            mice = computer mouse, external hard drives = hard drive, wireless routers = router, desktop computers =
            desktop computer, graphics cards = graphics card, webcams = webcam""",
        attributes="""core i5, quad core processor, intel core, hot swappable, backlit keyboard, dual monitor, anti
            glare, usb c charging, solid state, ergonomic design, privacy cover, height adjustable, wifi 6, touch
            screen, quiet click""",
        materials="aluminum, magnesium, recycled plastic, tempered glass, abs",
        details="""numeric pad, card reader, cooling fans, rubber feet, kick stand, wrist rest, dual antennas, power
            adapter""",
        uses="students, gaming, home office, design, streaming, travel, programming, video calls",
        options="style/memory/0.5, color/colours/0.6, size/drives/0.5",
    ),
    department(
        "Electronics › Phones & Wearables › Accessories",
        dear=False,
        kinds="""phone cases = phone case, screen protectors = screen protector, phone holders = phone holder, power
            banks = power bank, smartwatch bands = smartwatch band, smartwatches = smartwatch, running armbands =
            armband""",
        attributes="""tempered glass, wireless charging, case friendly, scratch resistant, drop proof, compatible
            apple, heart rate, sleep tracking, quick release band, non slip grip, sweat proof, glass screen, bubble
            free, raised edges""",
        materials="silicone, tpu, polycarbonate, nylon, stainless steel, vegan leather",
        details="""card slot, ring stand, magnet plate, alignment frame, camera guard, charging cable, reflective
            strip""",
        uses="car, running, desk, travel, hiking, work, cycling",
        options="color/colours/0.8, size/bands/0.4, style/editions/0.1",
    ),
    department(
        "Electronics › Vehicle & Security Electronics",
        dear=True,
        kinds="""dash cameras = dash camera, car stereos = car stereo, gps trackers = gps tracker, walkie talkies =
            walkie talkie, security cameras = security camera, video doorbells = video doorbell""",
        attributes="""motion detection, loop recording, two way audio, parking monitor, weather proof, real time
            tracking, cloud storage, easy mount, hands free calling, wide coverage, rechargeable battery, steering
            wheel control, wireless connection, bird view""",
        materials="abs, aluminum, zinc alloy, polycarbonate",
        details="suction mount, belt clip, sun shade, charging base, wiring harness, sd card, mounting screws",
        uses="truck, front door, garage, camping, family car, fleet, construction",
        options="color/colours/0.4, size/packs/0.5, style/editions/0.2",
    ),
)
