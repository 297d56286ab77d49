"""What grows, swims or is dug up: food, farm goods, metals, energy, wood."""

from django.utils.translation import gettext_lazy as _

from directory.categories.shape import Leaf, Top

NATURE = (
    Top(
        "food-and-beverages",
        _("Food and beverages"),
        leaves=(
            Leaf("green-coffee", _("Green coffee"), hs=("0901",)),
            Leaf("roasted-coffee", _("Roasted and instant coffee"), hs=("0901", "2101")),
            Leaf("tea", _("Tea"), hs=("0902", "0903")),
            Leaf("cocoa-and-chocolate", _("Cocoa and chocolate"), hs=("18",)),
            Leaf("spices", _("Spices"), hs=("0904", "0905", "0906", "0907", "0908", "0909", "0910")),
            Leaf("rice", _("Rice"), hs=("1006",)),
            Leaf("nuts", _("Nuts"), hs=("0801", "0802")),
            Leaf("dried-fruit", _("Dried fruit"), hs=("0804", "0806", "0813")),
            Leaf("olive-oil", _("Olive oil"), hs=("1509", "1510")),
            Leaf(
                "vegetable-oils", _("Other vegetable oils"), hs=("1507", "1508", "1511", "1512", "1513", "1514", "1515")
            ),
            Leaf("sugar-and-honey", _("Sugar and honey"), hs=("1701", "1702", "1703", "0409")),
            Leaf("flour-and-pasta", _("Flour, pasta and bakery"), hs=("11", "1902", "1905")),
            Leaf("sweets-and-snacks", _("Sweets and snacks"), hs=("1704", "1904", "2008")),
            Leaf("canned-food", _("Canned and preserved food"), hs=("2001", "2002", "2003", "2005", "1604", "1602")),
            Leaf("juices-and-soft-drinks", _("Juices, water and soft drinks"), hs=("2009", "2201", "2202")),
            Leaf("wine-beer-and-spirits", _("Wine, beer and spirits"), hs=("2203", "2204", "2205", "2206", "2208")),
            Leaf("food-ingredients", _("Food ingredients and sauces"), hs=("2101", "2102", "2103", "2106", "1108")),
        ),
    ),
    Top(
        "meat-fish-and-dairy",
        _("Meat, fish and dairy"),
        leaves=(
            Leaf("beef", _("Beef and buffalo"), hs=("0201", "0202")),
            Leaf("pork", _("Pork"), hs=("0203", "0209")),
            Leaf("lamb-and-mutton", _("Lamb, mutton and goat"), hs=("0204",)),
            Leaf("poultry", _("Poultry"), hs=("0207",)),
            Leaf("offal-and-processed-meat", _("Offal, sausages and cured meat"), hs=("0206", "0210", "1601", "05")),
            Leaf("frozen-fish", _("Frozen fish"), hs=("0303", "0304")),
            Leaf("fresh-and-dried-fish", _("Fresh, dried and smoked fish"), hs=("0302", "0305")),
            Leaf("shrimp-and-shellfish", _("Shrimp and shellfish"), hs=("0306", "0307", "0308", "1605")),
            Leaf("milk-powder", _("Milk, milk powder and whey"), hs=("0401", "0402", "0404")),
            Leaf("butter-and-cheese", _("Butter and cheese"), hs=("0405", "0406")),
            Leaf("eggs", _("Eggs"), hs=("0407", "0408")),
        ),
    ),
    Top(
        "agriculture",
        _("Agriculture"),
        leaves=(
            Leaf("wheat-and-barley", _("Wheat, barley and oats"), hs=("1001", "1003", "1004", "1002")),
            Leaf("maize-and-sorghum", _("Maize, sorghum and quinoa"), hs=("1005", "1007", "1008")),
            Leaf("pulses", _("Pulses"), hs=("0713",)),
            Leaf("oilseeds", _("Oilseeds"), hs=("1201", "1202", "1204", "1205", "1206", "1207")),
            Leaf("fresh-fruit", _("Fresh fruit"), hs=("0803", "0804", "0805", "0806", "0808", "0809", "0810")),
            Leaf("fresh-vegetables", _("Fresh vegetables"), hs=("0701", "0702", "0703", "0706", "0709")),
            Leaf("animal-feed", _("Animal feed"), hs=("23", "1214")),
            Leaf("sowing-seed", _("Seed and seed potatoes"), hs=("1209", "0701")),
            Leaf("flowers-and-plants", _("Flowers and plants"), hs=("06",)),
            Leaf("growing-media", _("Peat and growing media"), hs=("2703", "5305")),
            Leaf("herbs-and-extracts", _("Medicinal herbs, gums and extracts"), hs=("1211", "1301", "1302")),
            Leaf("live-animals", _("Live animals"), hs=("01",)),
            Leaf("raw-tobacco", _("Raw tobacco"), hs=("2401",)),
            Leaf("fertilizers", _("Fertilizers"), hs=("31",)),
        ),
    ),
    Top(
        "metals-and-minerals",
        _("Metals and minerals"),
        leaves=(
            Leaf("flat-steel", _("Flat steel"), hs=("7208", "7209", "7210", "7211", "7212", "7225")),
            Leaf(
                "steel-bars-and-wire", _("Steel bars, sections and wire"), hs=("7213", "7214", "7216", "7217", "7228")
            ),
            Leaf("steel-pipes", _("Steel pipes and tubes"), hs=("7303", "7304", "7305", "7306", "7307")),
            Leaf("stainless-steel", _("Stainless steel"), hs=("7218", "7219", "7220", "7221", "7222", "7223")),
            Leaf("billets-and-pig-iron", _("Billets, slabs and pig iron"), hs=("7201", "7203", "7206", "7207")),
            Leaf("ferro-alloys", _("Ferro-alloys"), hs=("7202",)),
            Leaf("aluminium", _("Aluminium"), hs=("76",)),
            Leaf("copper-and-brass", _("Copper and brass"), hs=("74",)),
            Leaf("zinc-lead-and-tin", _("Zinc, lead, tin and nickel"), hs=("79", "78", "80", "75")),
            Leaf("scrap-metal", _("Scrap metal"), hs=("7204", "7404", "7602", "7902", "7802")),
            Leaf("ores", _("Ores and concentrates"), hs=("26",)),
            Leaf(
                "industrial-minerals",
                _("Industrial minerals"),
                hs=("2504", "2507", "2508", "2511", "2519", "2529", "2501"),
            ),
            Leaf("precious-and-rare-metals", _("Precious and rare metals"), hs=("7106", "7108", "7110", "81", "2805")),
        ),
    ),
    Top(
        "energy",
        _("Energy"),
        leaves=(
            Leaf("coal-and-coke", _("Coal and coke"), hs=("2701", "2702", "2704")),
            Leaf("crude-oil", _("Crude oil"), hs=("2709",)),
            Leaf("fuels-and-lubricants", _("Fuels and lubricants"), hs=("2710", "3403")),
            Leaf("gas", _("Natural gas and LPG"), hs=("2711",)),
            Leaf("bitumen-and-petcoke", _("Bitumen and petroleum coke"), hs=("2713", "2715")),
            Leaf("biofuels", _("Biodiesel and ethanol"), hs=("3826", "2207")),
            Leaf("wood-fuel", _("Pellets, firewood and charcoal"), hs=("4401", "4402")),
            Leaf("solar-panels", _("Solar panels"), hs=("8541",)),
            Leaf("inverters-and-storage", _("Inverters and energy storage"), hs=("8504", "8507")),
            Leaf("turbines-and-boilers", _("Turbines and boilers"), hs=("8402", "8406", "8410", "8411")),
        ),
    ),
    Top(
        "wood-and-paper",
        _("Wood and paper"),
        leaves=(
            Leaf("logs-and-poles", _("Logs and poles"), hs=("4403", "4404")),
            Leaf("sawn-timber", _("Sawn timber"), hs=("4407", "4406")),
            Leaf("plywood-and-veneer", _("Plywood and veneer"), hs=("4412", "4408")),
            Leaf("boards", _("Particle board, OSB and MDF"), hs=("4410", "4411")),
            Leaf("flooring-and-joinery", _("Wood flooring and joinery"), hs=("4409", "4418")),
            Leaf("bamboo-and-cork", _("Bamboo, rattan and cork"), hs=("1401", "45", "46")),
            Leaf("pulp", _("Pulp"), hs=("4702", "4703", "4704", "4701", "4705")),
            Leaf("waste-paper", _("Waste paper"), hs=("4707",)),
            Leaf("printing-paper", _("Printing and writing paper"), hs=("4801", "4802", "4810")),
            Leaf("kraft-paper-and-board", _("Kraft paper and board"), hs=("4804", "4805")),
            Leaf("tissue-and-hygiene-paper", _("Tissue paper"), hs=("4803", "4818")),
            Leaf("printed-goods", _("Printed goods"), hs=("49",)),
        ),
    ),
)
