"""Clothes and shoes of the invented shop."""

from __future__ import annotations

from kibitz.games.shop.generate.department import department, listed

SHARED = listed(
    """machine wash, hand wash, daily wear, quality materials, imported zipper, teen girls, everyday wear,
    comfortable fit, soft material, casual wear, unique design, dry clean"""
)
"""Attributes of things of all departments."""

_TOP = "crew neck, front pocket, ribbed cuffs, button placket, side slits, curved hem, rolled sleeves, lace trim"
_FABRICS = "cotton, linen, polyester, viscose, merino wool, bamboo, denim, spandex blend, fleece"
_SOLES = "leather, suede, canvas, mesh, cork, vegan leather, rubber, felt"

DEPARTMENTS = (
    department(
        "Clothing & Shoes › Women › Tops & Knitwear",
        dear=False,
        kinds="""women's blouses = blouse, women's t-shirts = t-shirt, women's tunics = tunic, women's sweaters =
            sweater, women's hoodies = hoodie, women's cardigans = cardigan, women's tank tops = tank top""",
        attributes="""long sleeve, short sleeve, loose fit, v neck, tops women, sleeveless cut, cold shoulder,
            button closure, tumble dry, polyester spandex, puff sleeve, open front, floral print, high low hem""",
        materials=_FABRICS,
        details=_TOP,
        uses="office, beach, brunch, school, weekend, layering, spring, autumn",
        options="size/letters/0.9, color/colours/0.95, style/cuts/0.05",
    ),
    department(
        "Clothing & Shoes › Women › Dresses & Bottoms",
        dear=True,
        kinds="""women's dresses = dress, women's skirts = skirt, women's jeans = jeans, women's leggings =
            leggings, women's shorts = shorts, women's jumpsuits = jumpsuit, women's trousers = trousers""",
        attributes="""high waist, wide leg, elastic waist, straight leg, tummy control, side pockets, knee length,
            butt lifting, a line, maxi length, stretch fabric, boot cut, drawstring closure, pleated front""",
        materials=_FABRICS,
        details="""side pockets, hidden zipper, belt loops, elastic band, tie belt, lined bodice, front slit, raw
            hem""",
        uses="wedding, office, yoga, vacation, party, weekend, summer, travel",
        options="size/letters/0.9, color/colours/0.9, fit type/fits/0.15",
    ),
    department(
        "Clothing & Shoes › Women › Shoes",
        dear=True,
        kinds="""women's pumps = pumps, women's sandals = sandals, women's boots = boots, women's sneakers =
            sneakers, women's slippers = slippers, women's flats = flats, women's clogs = clogs""",
        attributes="""rubber sole, ankle strap, open toe, arch support, high heel, non slip sole, memory foam
            insole, slip on, closed toe, ethylene vinyl, lace up, leather sole, platform sole, faux fur""",
        materials=_SOLES,
        details="""cushioned insole, side zipper, buckle, padded collar, woven upper, pull tab, low heel, stitched
            welt""",
        uses="wedding, beach, work, walking, home, party, winter, rain",
        options="size/shoes/0.95, color/colours/0.85",
    ),
    department(
        "Clothing & Shoes › Men › Shirts & Jackets",
        dear=True,
        kinds="""men's t-shirts = t-shirt, men's polos = polo shirt, men's dress shirts = dress shirt, men's hoodies
            = hoodie, men's sweaters = sweater, men's jackets = jacket, men's vests = vest""",
        attributes="""slim fit, classic fit, moisture wicking, regular fit, needle sleeve, wrinkle free, full zip,
            shirts men, long sleeves, contrast color, heathers cotton, stand collar, water repellent, graphic tees""",
        materials=_FABRICS,
        details="""chest pocket, spread collar, kangaroo pocket, zip pocket, stretch cuffs, taped seams, adjustable
            hood""",
        uses="golf, office, training, school, weekend, winter, hunting, barbecue",
        options="size/letters/0.95, color/colours/0.85, fit type/fits/0.15",
    ),
    department(
        "Clothing & Shoes › Men › Trousers & Shorts",
        dear=False,
        kinds="""men's shorts = shorts, men's jeans = jeans, men's cargo pants = cargo pants, men's sweatpants =
            sweatpants, men's chinos = chinos, men's swim trunks = swim trunks""",
        attributes="""relaxed fit, drawstring waist, elastic closure, quick drying, multiple pockets, tapered leg,
            mesh lining, stretch denim, cargo pockets, machine washable, button fly, gym workout, flat front, low
            rise""",
        materials=_FABRICS,
        details="zip pockets, inner drawstring, gusset, reinforced knees, back pocket, mesh liner, belt loops",
        uses="hiking, beach, gym, office, work, fishing, running, weekend",
        options="size/waists/0.95, color/colours/0.85, fit type/fits/0.1",
    ),
    department(
        "Clothing & Shoes › Men › Shoes",
        dear=True,
        kinds="""men's loafers = loafers, men's sneakers = sneakers, men's boots = boots, men's sandals = sandals,
            men's oxfords = oxford shoes, men's slippers = slippers""",
        attributes="""steel toe, rubber outsole, day comfort, leather lining, anti slip, synthetic sole, water
            proof, wide toe, hook loop, vinyl acetate, shock absorbing, removable insole, indoor outdoor, goodyear
            welt""",
        materials=_SOLES,
        details="""padded tongue, heel loop, cushioned midsole, reinforced toe, side gore, perforated upper, wool
            lining""",
        uses="hiking, office, work, wedding, home, running, winter, travel",
        options="size/shoes/0.95, color/colours/0.8",
    ),
    department(
        "Clothing & Shoes › Underwear & Nightwear",
        dear=False,
        kinds="""women's socks = socks, men's socks = socks, women's bras = bra, men's underwear = boxer briefs,
            pajama sets = pajamas, bath robes = robe""",
        attributes="""cotton spandex, elastic waistband, laundry bag, wire free, nylon spandex, seamless edges,
            cushioned heel, breathable mesh, tag free, polyester cotton, no show, adjustable straps, compression
            support, plush fleece""",
        materials="cotton, bamboo, modal, merino wool, satin, fleece, nylon",
        details="""flat seams, soft band, gift box, ribbed cuff, two pockets, shawl collar, reinforced toe, front
            closure""",
        uses="sleep, travel, hospital, running, winter, lounge, hiking, gift",
        options="size/letters/0.85, color/colours/0.85",
    ),
    department(
        "Clothing & Shoes › Accessories",
        dear=False,
        kinds="leather belts = belt, winter scarves = scarf, sun hats = hat, touchscreen gloves = gloves",
        attributes="""stainless steel buckle, genuine leather, uv protection, wide brim, fleece lining, touch screen
            fingers, wind proof, easy matching, packable crown, reversible strap, gift ready, cable knit, chin strap""",
        materials="leather, wool, acrylic, straw, cotton, cashmere, canvas",
        details="chin cord, fringe ends, rubber grip, roller buckle, elastic cuff, sweatband, stitched edge",
        uses="skiing, driving, garden, beach, office, walking, gift, winter",
        options="color/colours/0.95, size/letters/0.6",
    ),
)
