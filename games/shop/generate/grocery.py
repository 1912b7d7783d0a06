"""What there is to eat and drink in the invented shop."""

from __future__ import annotations

from kibitz.games.shop.generate.department import department, listed

SHARED = listed(
    """gluten free, non gmo, artificial colors free, low sugar, dairy free, soy free, high fructose free,
    certified organic, low sodium, kosher certified, natural flavors, nut free"""
)
"""Attributes of things of all departments."""

DEPARTMENTS = (
    department(
        "Grocery & Food › Beverages",
        dear=False,
        kinds="""ground coffees = coffee, herbal teas = tea, fruit juices = juice, energy drinks = energy drink,
            drink mixes = drink mix, sparkling waters = sparkling water, hot chocolates = hot chocolate""",
        attributes="""caffeine free, zero calorie, sugar free, fair trade, cold brew, easy prepare, medium roast,
            antioxidant rich, freeze dried, real fruit, single serve, electrolyte rich, loose leaf, dark roast""",
        materials="arabica, ginger, hibiscus, lemon, cane sugar, cocoa, mint",
        details="resealable bag, tea bags, shaker, glass bottle, stick packs, tin",
        uses="breakfast, workouts, office, iced drinks, winter evenings, parties",
        options="flavor name/flavours/0.7, size/packs/0.7",
    ),
    department(
        "Grocery & Food › Snacks",
        dear=False,
        kinds="""potato chips = potato chips, crackers = crackers, popcorns = popcorn, roasted nuts = nuts, trail
            mixes = trail mix, granola bars = granola bar, protein bars = protein bar, beef jerky = beef jerky""",
        attributes="""grain free, keto friendly, protein serving, low carb, ready eat, whole grain, high fiber,
            baked chips, air popped, simple ingredients, grass fed, old fashioned, individually wrapped, great taste""",
        materials="almonds, sea salt, corn, oats, cashews, quinoa, sunflower seeds",
        details="snack bags, variety box, resealable pouch, single packs, seasoning, jar",
        uses="lunch, hiking, movie night, school, travel, sports",
        options="flavor name/flavours/0.7, size/packs/0.7",
    ),
    department(
        "Grocery & Food › Sweets & Baked Goods",
        dear=True,
        kinds="""dark chocolates = chocolate, gummy candies = gummies, cookies = cookies, hard candies = candy,
            birthday cakes = cake, marshmallows = marshmallows""",
        attributes="""baby shower, valentine day, perfect gift, chocolate covered, hand crafted, party supplies,
            real cocoa, trans fat free, birthday party, fat free, egg free, gift basket, sour taste, nut topping""",
        materials="cocoa, caramel, butter, honey, coconut, hazelnut, vanilla",
        details="gift tin, wrapped pieces, ribbon, party bag, sampler, window box",
        uses="weddings, birthdays, holidays, baking, office, thank you gifts",
        options="flavor name/flavours/0.6, size/packs/0.6, color/colours/0.1",
    ),
    department(
        "Grocery & Food › Pantry",
        dear=True,
        kinds="""pastas = pasta, long grain rice = rice, canned beans = beans, cooking sauces = sauce, olive oils =
            olive oil, spice blends = spice blend, baking flours = flour, raw honey = honey, nut butters = nut
            butter""",
        attributes="""extra virgin, stone ground, cold pressed, ready use, plant protein, bpa free can, fat content
            low, shelf stable, msg free, quality ingredients, vacuum sealed, no stir, slow cooked, bronze cut""",
        materials="durum wheat, tomato, basil, chickpeas, garlic, chili, almonds",
        details="glass jar, squeeze bottle, shaker top, easy lid, pouch, recipe card",
        uses="soups, stir fries, salads, weeknight dinner, baking, barbecue",
        options="size/packs/0.8, flavor name/flavours/0.5",
    ),
    department(
        "Grocery & Food › Breakfast",
        dear=False,
        kinds="""breakfast cereals = cereal, instant oatmeals = oatmeal, pancake mixes = pancake mix, fruit jams =
            jam""",
        attributes="""whole wheat, source fiber, added vitamins, quick cook, just add water, real berries, steel
            cut, crunchy clusters, heart healthy, no pectin, ancient grains, protein rich, low fat, pure fruit""",
        materials="oats, blueberries, buckwheat, maple syrup, strawberries, chia",
        details="cups, family box, resealable pouch, glass jar, spoon, sachets",
        uses="kids, camping, busy mornings, brunch, office, toast",
        options="flavor name/flavours/0.7, size/packs/0.6",
    ),
    department(
        "Grocery & Food › Meat & Seafood",
        dear=True,
        kinds="""smoked salmon = smoked salmon, canned tuna = tuna, smoked sausages = sausage, plant-based burgers =
            plant-based burger""",
        attributes="""wild caught, fully cooked, hormone free, fresh frozen, hand filleted, omega rich, pole caught,
            hickory smoked, nitrate free, keep refrigerated, mercury tested, soy protein, skin off, sustainably
            farmed""",
        materials="alder smoke, olive oil, sea salt, pea protein, pepper, herbs",
        details="cooler box, easy-open tin, ice pack, vacuum pack, tray, sampler",
        uses="grill, salads, bagels, camping, sandwiches, parties",
        options="size/packs/0.8, flavor name/flavours/0.4",
    ),
)
