"""What is for hair, skin, teeth and nails, of the invented shop."""

from __future__ import annotations

from kibitz.games.shop.generate.department import department, listed

SHARED = listed(
    """cruelty free, long lasting, paraben free, easy apply, natural ingredients, fragrance free, travel
    friendly, dermatologist tested, alcohol free, vegan formula, sulfate free, quality assured"""
)
"""Attributes of things of all departments."""

DEPARTMENTS = (
    department(
        "Beauty & Personal Care › Hair Care › Products",
        dear=True,
        kinds="""shampoos = shampoo, conditioners = conditioner, hair masks = hair mask, hair oils = hair oil, hair
            dyes = hair dye, dry shampoos = dry shampoo, hair sprays = hair spray, hair growth serums = hair growth
            serum""",
        attributes="""dry hair, damaged hair, argan oil, hair growth, tea tree, coconut oil, color safe, curly hair,
            hair loss, natural hair, hair treatment, keratin protein, anti frizz, dead scalp""",
        materials="argan oil, biotin, keratin, aloe vera, rosemary, shea butter, castor oil",
        details="pump bottle, dropper, heat shield, scalp nozzle, mixing bowl, wide comb",
        uses="fine strands, bleached lengths, scalp care, summer, daily washing, overnight care",
        options="size/volumes/0.6, scent/scents/0.3, color/shades/0.2",
    ),
    department(
        "Beauty & Personal Care › Hair Care › Tools & Extensions",
        dear=True,
        kinds="""hair brushes = hair brush, hair dryers = hair dryer, curling irons = curling iron, hair clippers =
            hair clipper, hair extensions = hair extensions, lace wigs = wig""",
        attributes="""hair cutting, hair styling, heat resistant, synthetic hair, easy comb, cordless trimmer, ionic
            drying, ceramic barrel, remy human, lace front, fast heating, hair salon, detangling bristles, low noise""",
        materials="boar bristle, ceramic, titanium, bamboo, carbon steel, heat fiber, tourmaline",
        details="swivel cord, guide combs, cool shot, diffuser, adjustable straps, glove, clips",
        uses="salon, thick curls, travel, barber, wedding, cosplay, kids",
        options="color/shades/0.8, size/inches/0.6",
    ),
    department(
        "Beauty & Personal Care › Skin Care",
        dear=True,
        kinds="""face moisturizers = face moisturizer, face cleansers = face cleanser, sunscreens = sunscreen, face
            serums = face serum, eye creams = eye cream, sheet masks = sheet mask, face toners = face toner, body
            lotions = body lotion, body scrubs = body scrub""",
        attributes="""dry skin, sensitive skin, hyaluronic acid, anti aging, fine lines, dark circles, oil free,
            dead skin, tea tree oil, seed oil, clinically proven, vitamin c, broad spectrum, acne prone""",
        materials="hyaluronic acid, niacinamide, aloe, green tea, squalane, rose water, oat extract",
        details="airless pump, spatula, glass jar, mist nozzle, refill pouch, travel tube",
        uses="morning care, mature faces, beach, after sun, winter, night care, elbows",
        options="size/volumes/0.7, scent/scents/0.2, color/shades/0.1",
    ),
    department(
        "Beauty & Personal Care › Makeup",
        dear=False,
        kinds="""lipsticks = lipstick, mascaras = mascara, liquid foundations = foundation, eyeshadow palettes =
            eyeshadow palette, concealers = concealer, false eyelashes = eyelashes, makeup brushes = makeup brush
            set, makeup removers = makeup remover""",
        attributes="""highly pigmented, matte finish, waterproof formula, smudge proof, full coverage, rose gold,
            eye shadow, nail art, easy blend, volume lift, mineral powder, high pigment, buildable color, synthetic
            bristles""",
        materials="jojoba oil, mica, beeswax, vitamin e, mink fiber, shea butter, bamboo",
        details="mirror, twist cap, fine tip, sponge, storage pouch, applicator, magnetic case",
        uses="evening, stage, bridal, everyday, festival, beginners, photo shoots",
        options="color/shades/0.9, size/packs/0.2, style/looks/0.1",
    ),
    department(
        "Beauty & Personal Care › Oral Care",
        dear=False,
        kinds="""toothpastes = toothpaste, electric toothbrushes = toothbrush, mouthwashes = mouthwash, dental floss
            = dental floss, teeth whitening kits = teeth whitening kit""",
        attributes="""teeth whitening, fluoride free, fresh breath, sensitive teeth, bad breath, oral hygiene,
            enamel repair, soft bristles, plaque control, gum care, two minute timer, stain removal, dentist
            recommended, tongue cleaner""",
        materials="charcoal, xylitol, coconut oil, silica, peppermint, hydroxyapatite",
        details="travel cap, led light, spare heads, pump, refill spools, shade guide",
        uses="family, coffee drinkers, braces, kids, travel, night",
        options="flavor name/flavours/0.4, size/packs/0.6, color/colours/0.4",
    ),
    department(
        "Beauty & Personal Care › Bath & Shaving",
        dear=False,
        kinds="""deodorants = deodorant, body washes = body wash, bar soaps = bar soap, bath bombs = bath bomb,
            shaving creams = shaving cream, safety razors = razor, hand creams = hand cream""",
        attributes="""aluminum free, rich lather, shea butter, hair removal, essential oils, baking soda free, stain
            free, hand made, non greasy, close shave, cooling menthol, odor control, plant based, palm free""",
        materials="shea butter, oat milk, sea salt, cocoa butter, charcoal, olive oil, brass",
        details="twist stick, soap dish, blade pack, gift wrap, pump head, hanging loop",
        uses="gym, men, kids, gift, sensitive areas, winter, gardeners",
        options="scent/scents/0.6, size/packs/0.6",
    ),
    department(
        "Beauty & Personal Care › Tools & Accessories",
        dear=False,
        kinds="""nail polishes = nail polish, nail files = nail file, tweezers = tweezers, cosmetic bags = cosmetic
            bag, refillable containers = refillable container, makeup mirrors = makeup mirror""",
        attributes="""travel bottles, nail polish remover, easy carry pouch, stainless tips, double zipper, fine
            mist, quick dry, leak proof cap, led lighting, magnifying glass, water proof lining, gel effect, dust
            resistant, chip resistant""",
        materials="stainless steel, glass, canvas, silicone, crystal, acrylic",
        details="labels, funnel, elastic loops, suction base, slanted tips, spray heads, brush",
        uses="carry on, salon, handbag, desk, bathroom, gift, manicure",
        options="color/colours/0.8, size/volumes/0.4",
    ),
    department(
        "Beauty & Personal Care › Fragrance & Massage",
        dear=True,
        kinds="""perfumes = perfume, colognes = cologne, body mists = body mist, massage oils = massage oil,
            essential oils = essential oil""",
        attributes="""eau parfum, travel spray, pure oil, warm scent, muscle relief, lavender oil, aromatherapy
            grade, light scent, citrus notes, musk base, therapeutic grade, sleep aid, skin friendly, high
            concentration""",
        materials="sandalwood, bergamot, lavender, vanilla, cedar, jasmine, grapeseed oil",
        details="roll-on, atomizer, glass dropper, gift box, reed sticks, sample vial",
        uses="date night, office, diffuser, spa, summer, men, meditation",
        options="scent/scents/0.7, size/volumes/0.6",
    ),
)
