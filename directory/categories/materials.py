"""What other makers work with: chemicals, plastics, textiles, leather, building materials, packaging."""

from django.utils.translation import gettext_lazy as _

from directory.categories.shape import Leaf, Top

MATERIALS = (
    Top(
        "chemicals",
        _("Chemicals"),
        leaves=(
            Leaf("acids-and-alkalis", _("Acids and alkalis"), hs=("2806", "2807", "2808", "2809", "2815")),
            Leaf(
                "inorganic-salts", _("Inorganic salts and oxides"), hs=("2827", "2833", "2835", "2836", "2839", "2847")
            ),
            Leaf("industrial-gases", _("Industrial gases"), hs=("2804", "2811", "2814")),
            Leaf("solvents-and-alcohols", _("Solvents and alcohols"), hs=("2905", "2902", "2909", "2914", "3814")),
            Leaf("organic-acids", _("Organic acids and esters"), hs=("2915", "2916", "2917", "2918")),
            Leaf("dyes-and-pigments", _("Dyes and pigments"), hs=("3204", "3206", "3203", "3212", "2823")),
            Leaf("paints-and-coatings", _("Paints and coatings"), hs=("3208", "3209", "3210", "3214")),
            Leaf("inks", _("Printing inks and film"), hs=("3215", "37")),
            Leaf("adhesives", _("Adhesives and glues"), hs=("3506", "3503", "3505")),
            Leaf("detergent-raw-materials", _("Surfactants and detergents"), hs=("3402", "3401")),
            Leaf("crop-protection", _("Crop protection"), hs=("3808",)),
            Leaf("water-treatment-chemicals", _("Water treatment chemicals"), hs=("3802", "3914", "2828", "3824")),
            Leaf("enzymes-and-reagents", _("Enzymes and reagents"), hs=("3507", "3822")),
        ),
    ),
    Top(
        "plastics-and-rubber",
        _("Plastics and rubber"),
        leaves=(
            Leaf("polyethylene", _("Polyethylene"), hs=("3901",)),
            Leaf("polypropylene", _("Polypropylene"), hs=("3902",)),
            Leaf("pvc", _("PVC"), hs=("3904",)),
            Leaf("pet-and-polyester-resin", _("PET and polyester resin"), hs=("3907",)),
            Leaf(
                "other-resins", _("Other resins and engineering plastics"), hs=("3903", "3906", "3908", "3909", "3910")
            ),
            Leaf("recycled-plastics", _("Recycled plastics and scrap"), hs=("3915", "3901", "3902", "3907")),
            Leaf("plastic-sheet-and-film", _("Plastic sheet and technical film"), hs=("3919", "3920", "3921")),
            Leaf("plastic-pipes", _("Plastic pipes and fittings"), hs=("3917",)),
            Leaf("natural-rubber", _("Natural rubber"), hs=("4001",)),
            Leaf("synthetic-rubber", _("Synthetic rubber and compounds"), hs=("4002", "4005")),
            Leaf("rubber-goods", _("Hoses, belts and rubber goods"), hs=("4009", "4010", "4016", "4008")),
        ),
    ),
    Top(
        "textiles-and-clothing",
        _("Textiles and clothing"),
        leaves=(
            Leaf(
                "raw-cotton-and-fibres", _("Raw cotton, wool and fibres"), hs=("5201", "5101", "5301", "5303", "5503")
            ),
            Leaf("yarn", _("Yarn"), hs=("5205", "5206", "5107", "5108", "5307", "5402", "5509")),
            Leaf("cotton-fabric", _("Cotton fabric"), hs=("5208", "5209", "5210", "5211")),
            Leaf("synthetic-fabric", _("Synthetic and blended fabric"), hs=("5407", "5512", "5513", "5515")),
            Leaf("silk-linen-and-wool-fabric", _("Silk, linen and wool fabric"), hs=("5007", "5309", "5111", "5112")),
            Leaf("knitted-fabric", _("Knitted fabric"), hs=("60",)),
            Leaf("trims", _("Lace, ribbon, buttons and zips"), hs=("58", "9606", "9607")),
            Leaf("technical-textiles", _("Nonwovens and technical textiles"), hs=("5603", "59", "5607")),
            Leaf("t-shirts-and-knitwear", _("T-shirts and knitwear"), hs=("6109", "6110", "6105", "6106")),
            Leaf("jackets-and-trousers", _("Jackets, trousers and dresses"), hs=("6203", "6204", "6201", "6202")),
            Leaf("workwear", _("Workwear and uniforms"), hs=("6211", "6203", "6210")),
            Leaf("underwear-and-socks", _("Underwear and socks"), hs=("6107", "6108", "6115", "6212")),
            Leaf("baby-clothing", _("Baby clothing"), hs=("6111", "6209")),
            Leaf("scarves-and-accessories", _("Scarves, hats and accessories"), hs=("6214", "6117", "65")),
            Leaf("used-clothing", _("Used clothing and rags"), hs=("6309", "6310")),
        ),
    ),
    Top(
        "leather-and-footwear",
        _("Leather and footwear"),
        leaves=(
            Leaf("raw-hides", _("Raw hides, skins and fur"), hs=("4101", "4102", "4103", "43")),
            Leaf("wet-blue-and-crust", _("Wet blue and crust leather"), hs=("4104", "4105", "4106")),
            Leaf("finished-leather", _("Finished leather"), hs=("4107", "4112", "4113")),
            Leaf("leather-shoes", _("Leather shoes"), hs=("6403",)),
            Leaf("sports-shoes", _("Sports and textile shoes"), hs=("6404", "6402")),
            Leaf("safety-shoes", _("Boots and safety shoes"), hs=("6401", "6403")),
            Leaf("shoe-parts", _("Soles and shoe parts"), hs=("6406",)),
            Leaf("bags-and-luggage", _("Bags, luggage and wallets"), hs=("4202",)),
            Leaf("belts-and-gloves", _("Belts, gloves and leather clothing"), hs=("4203",)),
            Leaf("saddlery", _("Saddlery and pet gear"), hs=("4201",)),
        ),
    ),
    Top(
        "building-materials",
        _("Building materials"),
        leaves=(
            Leaf("cement-and-lime", _("Cement, lime and gypsum"), hs=("2523", "2522", "2520")),
            Leaf("sand-and-aggregates", _("Sand and aggregates"), hs=("2505", "2517")),
            Leaf("natural-stone", _("Natural stone"), hs=("6802", "6801", "2515", "2516")),
            Leaf("ceramic-tiles", _("Ceramic tiles"), hs=("6907",)),
            Leaf("bricks-and-blocks", _("Bricks, blocks and roof tiles"), hs=("6904", "6905", "6810", "6902")),
            Leaf("flat-glass", _("Flat and safety glass"), hs=("7005", "7007", "7008")),
            Leaf("plasterboard-and-panels", _("Plasterboard and panels"), hs=("6809", "6808", "6811")),
            Leaf("insulation", _("Insulation"), hs=("6806", "7019")),
            Leaf("roofing-and-waterproofing", _("Roofing and waterproofing"), hs=("6807", "7210")),
            Leaf("sanitary-ware", _("Sanitary ware and taps"), hs=("6910", "3922", "7324", "8481")),
            Leaf("doors-and-windows", _("Doors, windows and profiles"), hs=("7610", "3925", "7308", "4418")),
            Leaf("floor-coverings", _("Vinyl and other floor coverings"), hs=("3918", "5904")),
            Leaf("steel-structures", _("Steel structures and scaffolding"), hs=("7308", "9406")),
        ),
    ),
    Top(
        "packaging",
        _("Packaging"),
        leaves=(
            Leaf("cartons-and-boxes", _("Cartons and boxes"), hs=("4819", "4808")),
            Leaf("paper-bags", _("Paper bags and sacks"), hs=("4819",)),
            Leaf("woven-bags", _("Jute, PP and big bags"), hs=("6305",)),
            Leaf("packaging-film", _("Stretch film and pouches"), hs=("3920", "3923")),
            Leaf("plastic-bottles", _("Plastic bottles and preforms"), hs=("3923",)),
            Leaf("glass-bottles", _("Glass bottles and jars"), hs=("7010",)),
            Leaf("cans-and-tins", _("Cans, tins and aerosols"), hs=("7310", "7612")),
            Leaf("drums-and-ibcs", _("Drums and IBCs"), hs=("7310", "3923")),
            Leaf("pallets-and-crates", _("Pallets and crates"), hs=("4415", "3923")),
            Leaf("closures", _("Caps, corks and closures"), hs=("8309", "3923", "4503")),
            Leaf("labels-and-tape", _("Labels and tape"), hs=("4821", "3919")),
        ),
    ),
)
