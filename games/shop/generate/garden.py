"""Furniture, lights, textiles and what else is in a home, of the invented shop."""

from __future__ import annotations

from kibitz.games.shop.generate.department import department, listed

SHARED = listed(
    """living room, easy clean, assembly required, home decor, easy assemble, storage space, dining room, eco
    friendly, home furnishings, non toxic, space saving, long lasting finish"""
)
"""Attributes of things of all departments."""

_WOODS = "oak, walnut, pine, bamboo, acacia, rattan, engineered wood, iron"

DEPARTMENTS = (
    department(
        "Home & Kitchen › Furniture › Tables",
        dear=True,
        kinds="""console tables = console table, coffee tables = coffee table, dining tables = dining table, side
            tables = side table, writing desks = desk, vanity tables = vanity table, nightstands = nightstand""",
        attributes="""solid wood, tempered glass top, metal legs, engineered wood, home office, lift top, drop leaf,
            rubber wood, white finish, bottom shelf, rustic style, steel frame, wood frame, cable hole""",
        materials=_WOODS,
        details="""two drawers, open shelf, hairpin legs, cable tray, beveled edge, adjustable feet, charging
            station""",
        uses="hallway, small apartment, study, patio, guest room, entryway, bedroom",
        options="color/finishes/0.8, size/dimensions/0.5, style/looks/0.1",
    ),
    department(
        "Home & Kitchen › Furniture › Seating",
        dear=True,
        kinds="""sofas = sofa, armchairs = armchair, dining chairs = dining chair, bar stools = bar stool, ottomans
            = ottoman, office chairs = office chair, storage benches = storage bench""",
        attributes="""mid century, high density, faux leather, button tufted, lumbar support, swivel base, spot
            clean, pu leather, foot rest, wood legs, upholstered seat, contemporary style, height adjust, arm rest""",
        materials="velvet, linen, beech, bonded leather, steel, rattan, microfiber, rubberwood",
        details="tapered legs, padded arms, lift lid, nailhead trim, removable covers, gas lift, foot ring",
        uses="reading corner, kitchen island, den, nursery, study, balcony, bedroom",
        options="color/colours/0.9, size/sets/0.4, style/looks/0.1",
    ),
    department(
        "Home & Kitchen › Furniture › Storage & Shelving",
        dear=True,
        kinds="""bookcases = bookcase, dressers = dresser, shoe racks = shoe rack, wardrobes = wardrobe, tv stands =
            tv stand, storage cabinets = storage cabinet, floating shelves = floating shelf""",
        attributes="""storage unit, easy assembly, adjustable shelves, tv stand design, heavy load, metal frame,
            sliding door, wall mount, wide doors, fully assembled, high gloss, open back, anti tip, soft close""",
        materials=_WOODS,
        details="five shelves, barn doors, fabric bins, cable outlet, side hooks, magnetic latch, legs",
        uses="bathroom, office, entryway, laundry, closet, kids room, garage",
        options="color/finishes/0.8, size/dimensions/0.5",
    ),
    department(
        "Home & Kitchen › Furniture › Bedroom › Beds & Mattresses",
        dear=True,
        kinds="""bed frames = bed frame, memory foam mattresses = mattress, headboards = headboard, bunk beds = bunk
            bed, futons = futon""",
        attributes="""box spring, king size, memory foam, queen size, no noise, twin size, under storage, cooling
            gel, slat support, motion isolation, bed low, faux linen, sturdy ladder, medium firm""",
        materials="steel, pine, linen, velvet, gel foam, poplar, cotton",
        details="wood slats, guard rail, zip cover, wing sides, usb ports, center legs, drawers",
        uses="guest room, kids room, dorm, attic, back sleepers, master bedroom",
        options="size/beds/0.9, color/colours/0.6, style/looks/0.1",
    ),
    department(
        "Home & Kitchen › Lighting",
        dear=False,
        kinds="""floor lamps = floor lamp, table lamps = table lamp, ceiling lights = ceiling light, wall sconces =
            wall sconce, chandeliers = chandelier, string lights = string lights""",
        attributes="""pendant light, dimmable light, clear glass, bronze finish, light fixture, energy saving,
            brushed nickel, glass shade, usb charging base, remote dimmer, vanity light, warm glow, wet rated, plug
            in cord""",
        materials="brass, linen, glass, iron, ceramic, wicker, marble",
        details="foot switch, drum shade, swing arm, two bulbs, pull chain, weighted base, canopy",
        uses="bedroom, porch, desk, stairs, island, nursery, gazebo",
        options="color/finishes/0.8, size/packs/0.4, style/looks/0.1",
    ),
    department(
        "Home & Kitchen › Bedding & Textiles",
        dear=False,
        kinds="""throw pillow covers = pillow cover, throw blankets = blanket, curtains = curtain, area rugs = area
            rug, bedspreads = bedspread, shower curtains = shower curtain, tablecloths = tablecloth, bath mats =
            bath mat""",
        attributes="""super soft, double sided, machine washable fabric, blackout lining, non slip backing, fade
            resistant, stain resistant, rod pocket, exquisite workmanship, printing technology, queen bed, thermal
            insulated, wrinkle resistant, hidden zipper closure""",
        materials="cotton, linen, microfiber, chenille, sherpa, jute, velvet, polyester",
        details="tassel trim, metal grommets, hook set, quilted stitching, fringe, piped edge, tie backs",
        uses="couch, bedroom, picnic, bathroom, patio, holiday table, dorm",
        options="color/colours/0.8, size/dimensions/0.8",
    ),
    department(
        "Home & Kitchen › Decor",
        dear=False,
        kinds="""wall art = wall art print, wall mirrors = wall mirror, scented candles = candle, flower vases =
            vase, wall clocks = wall clock, picture frames = picture frame""",
        attributes="""ready hang, wood frame canvas, soy wax, lead free, silent movement, shatter proof, hand
            painted, water resistant print, long burn, battery operated, wall hanging, farmhouse style, gift boxed,
            coated glass""",
        materials="canvas, ceramic, soy wax, bamboo, glass, resin, iron",
        details="hanging hooks, tin lid, mat board, easel back, quartz movement, felt pads, sawtooth hanger",
        uses="hallway, bathroom, gallery wall, office, mantel, nursery, gift",
        options="size/dimensions/0.7, color/finishes/0.6, scent/scents/0.1",
    ),
    department(
        "Home & Kitchen › Kitchen & Dining",
        dear=False,
        kinds="""lunch boxes = lunch box, bakeware sets = bakeware set, cutlery sets = cutlery set, insulated water
            bottles = water bottle""",
        attributes="""bpa free, leak proof, dishwasher safe, stainless steel, double wall, oven safe, microwave
            safe, wide mouth, mirror polished, non stick, food grade, rust resistant, sweat free, snap lid""",
        materials="stainless steel, silicone, glass, carbon steel, bamboo fiber, tritan",
        details="straw lid, three compartments, storage tray, cooling rack, carry loop, divider, measuring marks",
        uses="school, picnic, baking, camping, office, gym, holidays",
        options="color/colours/0.8, size/bottles/0.6",
    ),
)
