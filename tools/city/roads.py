"""Which way do the roads run? One entry a road, written from west or south to east or north.

A string is a name of :data:`tools.city.junctions.JUNCTIONS`; a pair is (longitude, latitude).
Roads that cross, or end on another road, get a shared vertex from :mod:`tools.city.network`.
"""

from __future__ import annotations

from tools.city.junctions import Point

__all__ = ["ROADS", "Road"]

Road = tuple[str, str, str, list[str | Point]]

_MOTORWAY = "motorway"
_EXPRESS = "expressway"
_ARTERIAL = "arterial"
_STREET = "street"

# Coordinates read best as running text, not one a line.
# fmt: off
_CORRIDOR: list[Road] = [
    ("shahrah-e-faisal", "Shahrah-e-Faisal", _ARTERIAL, [
        "metropole", (67.0318, 24.8512), "avari", "hotel mehran", (67.0372, 24.8537), "regent plaza",
        (67.0415, 24.8553), (67.0440, 24.8561), (67.0475, 24.8572), "ftc", (67.0535, 24.8590), "quaideen",
        (67.0585, 24.8605), "nursery", (67.0645, 24.8622), (67.0680, 24.8631), "tipu sultan",
        (67.0742, 24.8649), "baloch colony", (67.0800, 24.8674), (67.0832, 24.8693), "awami markaz",
        (67.0895, 24.8729), (67.0925, 24.8745), "karsaz", (67.0995, 24.8775), (67.1035, 24.8788), "paf base",
        (67.1112, 24.8813), (67.1148, 24.8825), "drigh road", (67.1212, 24.8840), "shah faisal",
        (67.1290, 24.8850), "natha khan", (67.1385, 24.8854), (67.1440, 24.8858), "star gate",
        (67.1540, 24.8867), "wireless gate", (67.1650, 24.8876), (67.1712, 24.8873), "malir halt"]),
    ("airport-road", "Airport Road", _ARTERIAL, [
        "star gate", (67.1502, 24.8895), (67.1535, 24.8925), (67.1580, 24.8950), (67.1630, 24.8972),
        "airport north"]),
    ("jinnah-terminal-road", "Jinnah Terminal Road", _STREET, [
        "wireless gate", (67.1605, 24.8905), (67.1640, 24.8940), "airport north", (67.1705, 24.8998),
        (67.1728, 24.8975), (67.1722, 24.8940), (67.1690, 24.8905), (67.1650, 24.8876)]),
    ("model-colony-road", "Model Colony Road", _STREET, [
        "malir halt", (67.1790, 24.8905), (67.1815, 24.8955), "model colony"]),
    ("national-highway", "National Highway N-5", _ARTERIAL, [
        "malir halt", (67.1840, 24.8848), (67.1905, 24.8825), "malir fifteen", (67.2010, 24.8740),
        (67.2065, 24.8670), "quaidabad", (67.2200, 24.8560), (67.2350, 24.8540), (67.2550, 24.8535),
        (67.2800, 24.8550), (67.3050, 24.8560), "bin qasim", (67.3700, 24.8480), (67.4200, 24.8250),
        (67.4700, 24.7950)]),
    ("karsaz-road", "Karsaz Road", _ARTERIAL, [
        "karsaz", (67.0948, 24.8800), (67.0925, 24.8845), (67.0895, 24.8890), (67.0862, 24.8918), "stadium"]),
    ("rashid-minhas", "Rashid Minhas Road", _ARTERIAL, [
        "drigh road", (67.1172, 24.8875), (67.1160, 24.8930), (67.1152, 24.8985), "johar mor",
        (67.1095, 24.9085), (67.1035, 24.9130), "nipa", (67.0948, 24.9220), "gulshan chowrangi",
        (67.0905, 24.9330), (67.0885, 24.9400), "sohrab goth"]),
    ("shaheed-e-millat", "Shaheed-e-Millat Road", _ARTERIAL, [
        "baloch colony", (67.0762, 24.8695), (67.0735, 24.8740), (67.0705, 24.8780), "bahadurabad",
        (67.0640, 24.8838), (67.0600, 24.8842), "jail chowrangi"]),
    ("shaheed-e-millat-expressway", "Shaheed-e-Millat Expressway", _EXPRESS, [
        "baloch colony", (67.0782, 24.8615), (67.0800, 24.8560), (67.0822, 24.8490), (67.0850, 24.8400),
        "qayyumabad"]),
    ("shahrah-e-quaideen", "Shahrah-e-Quaideen", _ARTERIAL, [
        "quaideen", (67.0545, 24.8632), (67.0522, 24.8668), (67.0500, 24.8698), "shahrah quaideen north",
        (67.0460, 24.8738), (67.0430, 24.8745), (67.0398, 24.8735), "numaish"]),
    ("tariq-road", "Tariq Road", _STREET, [
        "nursery", (67.0608, 24.8650), (67.0600, 24.8695), (67.0592, 24.8730), "tariq road north",
        (67.0580, 24.8800), "jail chowrangi"]),
    ("khalid-bin-waleed-road", "Khalid Bin Waleed Road", _STREET, [
        (67.0572, 24.8602), (67.0566, 24.8655), (67.0558, 24.8710), (67.0550, 24.8765), (67.0552, 24.8808),
        "jail chowrangi"]),
    ("allama-iqbal-road", "Allama Iqbal Road", _STREET, [
        (67.0522, 24.8668), (67.0566, 24.8690), "pechs", (67.0640, 24.8715), (67.0690, 24.8725),
        (67.0735, 24.8740)]),
    ("tipu-sultan-road", "Tipu Sultan Road", _STREET, [
        "tipu sultan", (67.0718, 24.8675), (67.0745, 24.8712), (67.0790, 24.8745), (67.0835, 24.8780),
        (67.0880, 24.8825), (67.0925, 24.8845)]),
    ("shah-faisal-colony-road", "Shah Faisal Colony Road", _STREET, [
        "shah faisal", (67.1255, 24.8795), (67.1268, 24.8735), (67.1280, 24.8680), "shah faisal bridge",
        (67.1300, 24.8540), (67.1310, 24.8460), (67.1320, 24.8335)]),
    ("stadium-road", "Stadium Road", _ARTERIAL, [
        "new town", (67.0640, 24.8888), "liaquat hospital", (67.0728, 24.8908), (67.0770, 24.8918),
        (67.0805, 24.8928), "stadium"]),
    ("dalmia-road", "Dalmia Road", _STREET, [
        "stadium", (67.0892, 24.8960), (67.0955, 24.8990), (67.1020, 24.9010), (67.1085, 24.9030),
        "johar mor"]),
    ("sir-shah-suleman-road", "Sir Shah Suleman Road", _ARTERIAL, [
        "stadium", (67.0808, 24.8962), (67.0770, 24.8990), "hassan square", (67.0680, 24.9035),
        (67.0620, 24.9048), (67.0550, 24.9048), "liaquatabad", (67.0410, 24.9085), "nazimabad"]),
    ("university-road", "University Road", _ARTERIAL, [
        "jail chowrangi", "new town", (67.0628, 24.8925), (67.0670, 24.8970), "hassan square",
        (67.0775, 24.9055), (67.0830, 24.9090), (67.0895, 24.9130), "nipa", (67.1015, 24.9210),
        (67.1070, 24.9255), "ku gate", (67.1230, 24.9345), (67.1330, 24.9370), (67.1430, 24.9395),
        "safoora"]),
]

_OLD_TOWN: list[Road] = [
    ("ii-chundrigar", "I.I. Chundrigar Road", _ARTERIAL, [
        "tower", (66.9988, 24.8495), "state bank", (67.0022, 24.8502), "city station", (67.0070, 24.8508),
        "jang press", (67.0128, 24.8517), (67.0152, 24.8522), "shaheen complex"]),
    ("ma-jinnah", "M.A. Jinnah Road", _ARTERIAL, [
        "tower", (66.9992, 24.8508), "bolton market", (67.0048, 24.8546), "light house", (67.0112, 24.8579),
        "jama cloth", (67.0162, 24.8602), "radio pakistan", (67.0208, 24.8626), "tibet centre",
        (67.0265, 24.8656), "capri", (67.0318, 24.8688), (67.0345, 24.8706), "numaish", (67.0382, 24.8752),
        "gurumandir"]),
    ("new-ma-jinnah", "New M.A. Jinnah Road", _ARTERIAL, [
        "gurumandir", (67.0440, 24.8790), (67.0500, 24.8805), "jail chowrangi"]),
    ("shahrah-e-liaquat", "Shahrah-e-Liaquat", _ARTERIAL, [
        "tower", (67.0005, 24.8512), (67.0038, 24.8530), (67.0080, 24.8542), "pakistan chowk", "burns road",
        (67.0195, 24.8578), (67.0230, 24.8591), "regal chowk"]),
    ("burns-road", "Muhammad Bin Qasim Road", _STREET, [
        "shaheen complex", (67.0164, 24.8545), "burns road", (67.0160, 24.8584), (67.0162, 24.8602)]),
    ("strachen-road", "Deen Muhammad Wafai Road", _STREET, [
        "jang press", (67.0112, 24.8530), "pakistan chowk", (67.0128, 24.8572), "jama cloth"]),
    ("kamal-ataturk", "Shahrah-e-Kamal Ataturk", _STREET, [
        (67.0164, 24.8545), (67.0185, 24.8553), (67.0202, 24.8560), "high court"]),
    ("mr-kayani", "M.R. Kayani Road", _ARTERIAL, [
        "shaheen complex", (67.0190, 24.8534), "arts council", (67.0232, 24.8549), "fawara chowk",
        "zainab market"]),
    ("court-road", "Court Road", _STREET, [
        "arts council", (67.0214, 24.8554), "high court", (67.0228, 24.8578), (67.0230, 24.8591)]),
    ("sarwar-shaheed", "Sarwar Shaheed Road", _STREET, [
        (67.0190, 24.8534), (67.0215, 24.8531), "press club", "fawara chowk", (67.0275, 24.8581),
        (67.0302, 24.8575), "lucky star"]),
    ("aiwan-e-sadar", "Aiwan-e-Sadar Road", _ARTERIAL, [
        "fawara chowk", (67.0268, 24.8538), (67.0282, 24.8522), "metropole"]),
    ("dr-ziauddin-ahmed", "Dr Ziauddin Ahmed Road", _ARTERIAL, [
        "shaheen complex", (67.0188, 24.8512), (67.0205, 24.8499), (67.0222, 24.8486), "pidc",
        (67.0260, 24.8460), (67.0282, 24.8450), "clifton bridge north"]),
    ("club-road", "Club Road", _ARTERIAL, ["pidc", "moevenpick", (67.0284, 24.8496), "metropole"]),
    ("governor-house-road", "Governor House Road", _STREET, [
        "moevenpick", (67.0258, 24.8505), (67.0246, 24.8520), "press club"]),
    ("abdullah-haroon", "Abdullah Haroon Road", _ARTERIAL, [
        "clifton bridge north", (67.0301, 24.8458), "marriott", (67.0300, 24.8490), "metropole",
        (67.0296, 24.8532), "zainab market", (67.0275, 24.8581), "regal chowk", (67.0250, 24.8622),
        "tibet centre"]),
    ("zaibunnisa", "Zaibunnisa Street", _STREET, [
        (67.0318, 24.8512), (67.0311, 24.8535), (67.0306, 24.8555), (67.0302, 24.8575), (67.0292, 24.8596),
        "empress market"]),
    ("shahrah-e-iraq", "Shahrah-e-Iraq", _STREET, [
        "high court", (67.0248, 24.8572), (67.0275, 24.8581), (67.0292, 24.8596), (67.0312, 24.8606),
        (67.0338, 24.8616)]),
    ("preedy-street", "Aga Khan III Road (Preedy Street)", _ARTERIAL, [
        "regal chowk", "empress market", (67.0300, 24.8628), (67.0338, 24.8648), (67.0378, 24.8672),
        (67.0402, 24.8700), "numaish"]),
    ("daud-pota", "Dr Daud Pota Road", _ARTERIAL, [
        "empress market", (67.0302, 24.8598), "lucky star", (67.0342, 24.8548), "hotel mehran",
        (67.0368, 24.8510), (67.0382, 24.8492), "cantt station"]),
    ("mansfield-street", "Mansfield Street", _STREET, [
        (67.0250, 24.8622), (67.0272, 24.8632), (67.0300, 24.8628)]),
    ("mubarak-shaheed", "Mubarak Shaheed Road", _STREET, [
        "regent plaza", (67.0385, 24.8575), (67.0380, 24.8608), (67.0378, 24.8640), (67.0378, 24.8672)]),
    ("sheikh-mufeed", "Raja Ghazanfar Ali Khan Road", _STREET, [
        "avari", (67.0348, 24.8560), (67.0358, 24.8588), (67.0338, 24.8616), (67.0320, 24.8638),
        "capri"]),
    ("lines-area-road", "Lines Area Road", _STREET, [
        "ftc", (67.0490, 24.8602), (67.0462, 24.8628), "lines area", (67.0405, 24.8668), (67.0378, 24.8672)]),
    ("fatima-jinnah", "Fatima Jinnah Road", _STREET, [
        "avari", (67.0335, 24.8498), (67.0340, 24.8478), (67.0342, 24.8460), (67.0325, 24.8445),
        "clifton bridge north"]),
    ("frere-road", "Bleak House Road", _STREET, [
        "marriott", "frere hall", (67.0340, 24.8478), (67.0368, 24.8472), "cantt station"]),
    ("rafiqui-shaheed", "Rafiqui Shaheed Road", _ARTERIAL, [
        "regent plaza", (67.0412, 24.8530), (67.0432, 24.8520), "jpmc", (67.0475, 24.8502),
        (67.0502, 24.8486), "kala pul"]),
    ("cantt-station-road", "Cantonment Station Road", _STREET, [
        "cantt station", (67.0425, 24.8485), (67.0450, 24.8495), (67.0475, 24.8502)]),
    ("mt-khan", "Moulvi Tamizuddin Khan Road", _ARTERIAL, [
        "native jetty", (66.9942, 24.8450), "beach luxury", (67.0005, 24.8444), (67.0038, 24.8445),
        "mai kolachi north", (67.0092, 24.8449), "sultanabad", (67.0150, 24.8456), (67.0182, 24.8462),
        (67.0212, 24.8468), "pidc"]),
    ("tower-jetty-road", "Custom House Road", _STREET, ["native jetty", (66.9948, 24.8476), "tower"]),
    ("nicol-road", "Nicol Road", _STREET, [
        "city station", (67.0048, 24.8517), (67.0038, 24.8530), (67.0048, 24.8546)]),
    ("napier-road", "Napier Road", _STREET, [
        "bolton market", (67.0010, 24.8552), (66.9998, 24.8580), "lee market"]),
    ("nishtar-road", "Nishtar Road", _ARTERIAL, [
        "lee market", (67.0030, 24.8628), (67.0080, 24.8645), "ranchore line", (67.0180, 24.8700),
        (67.0210, 24.8730), "garden", (67.0268, 24.8795), (67.0300, 24.8840), "lasbela"]),
    ("garden-road", "Garden Road", _STREET, [
        "tibet centre", (67.0242, 24.8680), (67.0240, 24.8715), "garden"]),
    ("ranchore-road", "Ranchore Lines Road", _STREET, [
        "jama cloth", (67.0138, 24.8622), "ranchore line", (67.0110, 24.8705), (67.0095, 24.8750),
        (67.0088, 24.8800)]),
    ("barnes-street", "Barnes Street", _STREET, ["capri", (67.0275, 24.8700), (67.0240, 24.8715)]),
    ("soldier-bazaar-road", "Soldier Bazaar Road", _STREET, [
        (67.0275, 24.8700), (67.0305, 24.8735), (67.0335, 24.8765), (67.0365, 24.8785), "gurumandir"]),
    ("chakiwara-road", "Chakiwara Road", _STREET, [
        "lee market", (66.9970, 24.8632), (66.9955, 24.8658), "chakiwara", (66.9935, 24.8715),
        (66.9930, 24.8760), (66.9915, 24.8800), "sher shah"]),
    ("mirza-adam-khan", "Mirza Adam Khan Road", _STREET, [
        (66.9970, 24.8632), (66.9942, 24.8638), (66.9915, 24.8655), "cheel chowk", (66.9860, 24.8715),
        (66.9828, 24.8740)]),
    ("shah-abdul-latif", "Shah Abdul Latif Bhittai Road", _STREET, [
        "lee market", (66.9962, 24.8590), (66.9930, 24.8570), "ici bridge"]),
    ("tannery-road", "Tannery Road", _STREET, [
        "chakiwara", (66.9988, 24.8690), (67.0035, 24.8700), (67.0075, 24.8702), (67.0110, 24.8705)]),
    ("west-wharf-road", "West Wharf Road", _ARTERIAL, [
        "native jetty", (66.9912, 24.8488), (66.9902, 24.8512), "ici bridge"]),
    ("west-wharf-dock", "West Wharf Dock Road", _STREET, [
        (66.9912, 24.8488), (66.9885, 24.8478), (66.9855, 24.8455), (66.9832, 24.8428), (66.9815, 24.8402)]),
    ("mauripur-road", "Mauripur Road", _ARTERIAL, [
        "ici bridge", (66.9865, 24.8575), (66.9838, 24.8615), (66.9802, 24.8665), "gulbai",
        (66.9640, 24.8760), (66.9520, 24.8765), (66.9380, 24.8750), "mauripur", (66.9050, 24.8695),
        (66.8880, 24.8660)]),
    ("hawkes-bay-road", "Hawke's Bay Road", _STREET, [
        (66.8880, 24.8660), (66.8720, 24.8620), (66.8560, 24.8590), (66.8300, 24.8555), (66.8000, 24.8530),
        (66.7700, 24.8500)]),
    ("gulbai-road", "Estate Avenue", _ARTERIAL, [
        "gulbai", (66.9770, 24.8790), "sher shah", (66.9860, 24.8950), "site", (67.0000, 24.9130),
        (67.0060, 24.9190), "banaras"]),
    ("hub-river-road", "Hub River Road", _ARTERIAL, [
        "sher shah", (66.9760, 24.8950), (66.9700, 24.9060), "baldia", (66.9560, 24.9300),
        (66.9400, 24.9480), (66.9200, 24.9750), (66.9020, 24.9980), "hub toll"]),
]

_CLIFTON: list[Road] = [
    ("clifton-bridge", "Clifton Road", _ARTERIAL, [
        "clifton bridge north", "clifton bridge south", (67.0320, 24.8375), "teen talwar"]),
    ("khayaban-e-iqbal", "Khayaban-e-Iqbal", _ARTERIAL, [
        "teen talwar", (67.0336, 24.8310), (67.0336, 24.8282), (67.0335, 24.8252), "do talwar",
        "schon circle", (67.0335, 24.8165), (67.0325, 24.8132), "abdullah shah ghazi"]),
    ("shahrah-e-iran", "Shahrah-e-Iran", _ARTERIAL, [
        "clifton bridge south", (67.0298, 24.8372), (67.0295, 24.8338), (67.0300, 24.8305),
        (67.0306, 24.8275), (67.0308, 24.8245), (67.0306, 24.8222), (67.0302, 24.8200), "chowrangi approach",
        (67.0294, 24.8155), "bilawal chowrangi"]),
    ("shahrah-e-firdousi", "Shahrah-e-Firdousi", _ARTERIAL, [
        "ziauddin clifton", (67.0128, 24.8158), (67.0170, 24.8152), "south city", (67.0250, 24.8142),
        "bilawal chowrangi", (67.0325, 24.8132), (67.0375, 24.8132), "zamzama south"]),
    ("shahrah-e-ghalib", "Shahrah-e-Ghalib", _STREET, [
        "boat basin", (67.0188, 24.8205), (67.0150, 24.8188), (67.0118, 24.8176), "ziauddin clifton"]),
    ("khayaban-e-saadi", "Khayaban-e-Saadi", _ARTERIAL, [
        "boat basin", (67.0230, 24.8198), (67.0245, 24.8170), (67.0250, 24.8142), (67.0262, 24.8118),
        "kothari parade"]),
    ("khayaban-e-roomi", "Khayaban-e-Roomi", _ARTERIAL, [
        "boat basin", (67.0245, 24.8215), (67.0272, 24.8206), (67.0302, 24.8200), "schon circle",
        (67.0375, 24.8195), (67.0408, 24.8200), (67.0440, 24.8210), "gizri"]),
    ("chaudhry-khaliq", "Choudhry Khaliq-uz-Zaman Road", _ARTERIAL, [
        "clifton bridge south", (67.0345, 24.8390), (67.0380, 24.8368), (67.0412, 24.8342),
        (67.0440, 24.8315), "punjab chowrangi", (67.0472, 24.8255), "gizri"]),
    ("khayaban-e-jami", "Khayaban-e-Jami", _ARTERIAL, [
        "teen talwar", (67.0368, 24.8325), (67.0402, 24.8312), (67.0435, 24.8300), "punjab chowrangi"]),
    ("bath-island-road", "Bath Island Road", _STREET, [
        (67.0260, 24.8460), (67.0255, 24.8430), (67.0252, 24.8398), "bath island", (67.0268, 24.8345),
        (67.0295, 24.8338), "teen talwar"]),
    ("old-clifton-road", "Old Clifton Road", _STREET, [
        "bath island", (67.0248, 24.8325), (67.0238, 24.8288), (67.0228, 24.8252), "boat basin"]),
    ("clifton-block-seven", "Block 7 Avenue", _STREET, [
        (67.0238, 24.8288), (67.0270, 24.8280), (67.0306, 24.8275), (67.0336, 24.8282), (67.0370, 24.8278),
        (67.0402, 24.8312)]),
    ("do-talwar-avenue", "Do Talwar Avenue", _STREET, [
        (67.0245, 24.8215), (67.0306, 24.8222), "do talwar", (67.0368, 24.8232), "zamzama north",
        (67.0438, 24.8250), (67.0472, 24.8255)]),
    ("zamzama", "Zamzama Boulevard", _STREET, [
        "zamzama north", (67.0408, 24.8222), (67.0408, 24.8200), (67.0414, 24.8170), "zamzama south"]),
    ("mai-kolachi", "Mai Kolachi Bypass", _ARTERIAL, [
        "boat basin", "mai kolachi south", (67.0162, 24.8298), (67.0135, 24.8335), (67.0112, 24.8372),
        (67.0090, 24.8408), "mai kolachi north"]),
    ("mai-kolachi-link", "Mai Kolachi Railway Road", _STREET, [
        "mai kolachi north", (67.0060, 24.8468), (67.0045, 24.8488), "city station"]),
    ("hatim-alvi-road", "Hatim Alvi Road", _STREET, [
        "bilawal chowrangi", (67.0308, 24.8148), (67.0335, 24.8165), (67.0362, 24.8168), (67.0414, 24.8170)]),
    ("park-towers-link", "Park Lane", _STREET, ["chowrangi approach", "park towers", "schon circle"]),
    ("kothari-road", "Jahangir Kothari Road", _STREET, [
        "bilawal chowrangi", (67.0285, 24.8118), "kothari parade", (67.0292, 24.8096),
        "abdullah shah ghazi"]),
    ("bagh-road", "Bagh Ibn-e-Qasim Road", _STREET, [
        "abdullah shah ghazi", (67.0308, 24.8072), (67.0300, 24.8050), "sea view head"]),
    ("block-four-avenue", "Block 4 Avenue", _STREET, [
        "kothari parade", (67.0240, 24.8088), (67.0210, 24.8080), (67.0200, 24.8112), "south city"]),
    ("clifton-beach-road", "Clifton Beach Road", _ARTERIAL, [
        "kothari parade", (67.0262, 24.8068), (67.0270, 24.8045), "sea view head", (67.0318, 24.8010),
        (67.0348, 24.7988), (67.0375, 24.7968), "village", (67.0435, 24.7918), (67.0468, 24.7888),
        (67.0500, 24.7860), "mcdonalds", (67.0560, 24.7805), (67.0595, 24.7770), (67.0630, 24.7738),
        (67.0668, 24.7705), (67.0708, 24.7675), (67.0750, 24.7648), "do darya"]),
    ("china-port-road", "China Port Road", _ARTERIAL, [
        "ziauddin clifton", (67.0060, 24.8142), (67.0030, 24.8115), (67.0000, 24.8088), (66.9965, 24.8058),
        (66.9925, 24.8022), "sapt"]),
    ("shireen-jinnah-road", "Shireen Jinnah Road", _STREET, [
        "ziauddin clifton", (67.0055, 24.8172), "shireen jinnah", (66.9985, 24.8195), (66.9945, 24.8205),
        (66.9900, 24.8212), (66.9850, 24.8212), "keamari"]),
    ("oil-installation-road", "Oil Installation Road", _STREET, [
        "shireen jinnah", (67.0010, 24.8150), (67.0000, 24.8120), (67.0000, 24.8088)]),
    ("keamari-road", "Napier Mole Road", _ARTERIAL, [
        "native jetty", (66.9905, 24.8440), (66.9870, 24.8402), "jinnah bridge south", (66.9822, 24.8330),
        (66.9812, 24.8290), (66.9802, 24.8245), "keamari", "keamari jetty"]),
    ("east-wharf-road", "East Wharf Road", _STREET, [
        "jinnah bridge south", (66.9808, 24.8350), (66.9788, 24.8310), (66.9775, 24.8265), (66.9768, 24.8220),
        "keamari jetty"]),
]

_DEFENCE: list[Road] = [
    ("korangi-road", "Korangi Road", _ARTERIAL, [
        "ftc", (67.0515, 24.8545), (67.0522, 24.8508), "kala pul", (67.0560, 24.8450), (67.0600, 24.8430),
        "defence mor", (67.0680, 24.8395), (67.0712, 24.8380), "akhtar colony", (67.0790, 24.8345),
        (67.0835, 24.8328), "qayyumabad", (67.0930, 24.8318), "malir bridge east"]),
    ("sunset-boulevard", "Sunset Boulevard", _ARTERIAL, [
        "punjab chowrangi", (67.0505, 24.8292), (67.0550, 24.8295), (67.0600, 24.8298), "sunset east",
        (67.0690, 24.8330), (67.0712, 24.8380)]),
    ("gizri-boulevard", "Gizri Boulevard", _ARTERIAL, [
        "gizri", (67.0500, 24.8198), (67.0530, 24.8175), "twenty sixth street", (67.0592, 24.8138),
        "ittehad mid"]),
    ("khayaban-e-ittehad", "Khayaban-e-Ittehad", _ARTERIAL, [
        "qayyumabad", (67.0850, 24.8278), (67.0808, 24.8238), (67.0765, 24.8198), (67.0722, 24.8160),
        "ittehad mid", (67.0620, 24.8060), (67.0585, 24.8015), (67.0552, 24.7970), (67.0520, 24.7925),
        (67.0500, 24.7860)]),
    ("khayaban-e-shamsheer", "Khayaban-e-Shamsheer", _STREET, [
        "twenty sixth street", (67.0535, 24.8120), (67.0505, 24.8080), (67.0478, 24.8040),
        (67.0450, 24.7998), (67.0425, 24.7960), (67.0420, 24.7932)]),
    ("khayaban-e-hafiz", "Khayaban-e-Hafiz", _STREET, [
        "zamzama south", (67.0440, 24.8110), (67.0470, 24.8085), (67.0505, 24.8080), (67.0560, 24.8068),
        (67.0620, 24.8060), (67.0680, 24.8030), (67.0745, 24.7990), (67.0800, 24.7950)]),
    ("khayaban-e-shahbaz", "Khayaban-e-Shahbaz", _STREET, [
        (67.0592, 24.8138), (67.0580, 24.8098), (67.0560, 24.8068), (67.0530, 24.8020), (67.0500, 24.7975),
        (67.0478, 24.7930), (67.0468, 24.7888)]),
    ("khayaban-e-seher", "Khayaban-e-Seher", _STREET, [
        (67.0425, 24.7960), (67.0478, 24.7930), (67.0520, 24.7925), (67.0580, 24.7905), (67.0640, 24.7880),
        (67.0700, 24.7855), (67.0765, 24.7840), "creek avenue"]),
    ("khayaban-e-bukhari", "Khayaban-e-Bukhari", _STREET, [
        (67.0450, 24.7998), (67.0500, 24.7975), (67.0552, 24.7970), (67.0610, 24.7960), (67.0670, 24.7945),
        (67.0735, 24.7925), (67.0800, 24.7950)]),
    ("khayaban-e-tanzeem", "Khayaban-e-Tanzeem", _STREET, [
        "zamzama south", (67.0418, 24.8090), (67.0412, 24.8045), (67.0408, 24.8000), "village"]),
    ("khayaban-e-badban", "Khayaban-e-Badban", _STREET, [
        "zamzama south", (67.0470, 24.8150), (67.0530, 24.8175)]),
    ("khayaban-e-rahat", "Khayaban-e-Rahat", _STREET, [
        (67.0585, 24.8015), (67.0650, 24.7995), (67.0705, 24.7965), (67.0735, 24.7925), (67.0752, 24.7880),
        (67.0765, 24.7840)]),
    ("creek-avenue", "Creek Avenue", _STREET, [
        (67.0765, 24.8198), (67.0800, 24.8140), (67.0825, 24.8080), (67.0832, 24.8010), (67.0800, 24.7950),
        (67.0825, 24.7890), "creek avenue", (67.0850, 24.7770), (67.0855, 24.7710), (67.0835, 24.7660),
        "do darya"]),
    ("phase-eight-avenue", "Abdul Sattar Edhi Avenue", _STREET, [
        "mcdonalds", (67.0590, 24.7850), (67.0640, 24.7880)]),
    ("beach-avenue", "Beach Avenue", _STREET, [
        (67.0595, 24.7770), (67.0650, 24.7795), (67.0700, 24.7815), (67.0765, 24.7840)]),
    ("phase-two-avenue", "Main Phase 2 Avenue", _STREET, [
        "defence mor", (67.0632, 24.8378), (67.0620, 24.8340), (67.0600, 24.8298), (67.0585, 24.8250),
        (67.0572, 24.8200), "twenty sixth street"]),
    ("phase-one-road", "Phase 1 Avenue", _STREET, [
        (67.0560, 24.8450), (67.0550, 24.8405), (67.0545, 24.8350), (67.0550, 24.8295)]),
    ("phase-four-road", "Commercial Avenue", _STREET, [
        "sunset east", (67.0672, 24.8255), (67.0690, 24.8210), (67.0722, 24.8160)]),
]

_OUTER: list[Road] = [
    ("shahrah-e-pakistan", "Shahrah-e-Pakistan", _ARTERIAL, [
        "karimabad", "ayesha manzil", "water pump", (67.0805, 24.9425), "sohrab goth"]),
    ("sm-taufiq", "S.M. Taufiq Road", _ARTERIAL, [
        "teen hatti", (67.0458, 24.8960), "liaquatabad", (67.0532, 24.9115), "karimabad"]),
    ("jehangir-road", "Jehangir Road", _ARTERIAL, ["gurumandir", (67.0415, 24.8845), "teen hatti"]),
    ("business-recorder-road", "Business Recorder Road", _ARTERIAL, [
        "gurumandir", (67.0372, 24.8840), "lasbela"]),
    ("nazimabad-main", "Nazimabad Main Road", _ARTERIAL, [
        "lasbela", "golimar", "nazimabad", (67.0328, 24.9190), "board office"]),
    ("sher-shah-suri", "Shahrah-e-Sher Shah Suri", _ARTERIAL, [
        "board office", (67.0390, 24.9350), (67.0460, 24.9435), (67.0525, 24.9495), "sakhi hassan", "nagan",
        (67.0665, 24.9750), "power house", "four k", (67.0640, 25.0250)]),
    ("rashid-nagan-link", "Gulberg Road", _STREET, [
        "ayesha manzil", (67.0600, 24.9350), (67.0560, 24.9430), (67.0525, 24.9495)]),
    ("nagan-sohrab-road", "Shahrah-e-Zahid Hussain", _ARTERIAL, [
        "nagan", (67.0740, 24.9600), (67.0810, 24.9530), "sohrab goth"]),
    ("manghopir-road", "Manghopir Road", _ARTERIAL, [
        "lasbela", (67.0265, 24.8960), (67.0200, 24.9060), (67.0160, 24.9150), "banaras", (67.0130, 24.9400),
        (67.0180, 24.9560), (67.0270, 24.9740), (67.0340, 24.9880), "manghopir"]),
    ("orangi-road", "Orangi Road", _STREET, [
        "banaras", (67.0050, 24.9320), "orangi five", (66.9880, 24.9560), (66.9850, 24.9680)]),
    ("board-banaras-road", "Abdullah College Road", _STREET, [
        "banaras", (67.0200, 24.9260), (67.0270, 24.9265), "board office"]),
    ("northern-bypass", "Northern Bypass M-10", _MOTORWAY, [
        "mauripur", (66.9250, 24.9050), (66.9350, 24.9480), (66.9560, 24.9900), (66.9920, 25.0250),
        (67.0400, 25.0450), (67.0900, 25.0420), (67.1400, 25.0250), "toll plaza"]),
    ("m-nine", "M-9 Motorway", _MOTORWAY, [
        "sohrab goth", (67.1000, 24.9600), (67.1140, 24.9720), "maymar", (67.1550, 24.9975), "toll plaza",
        (67.2500, 25.0300), "bahria", (67.3800, 25.0680), "kathore", (67.5100, 25.1250)]),
    ("lyari-expressway", "Lyari Expressway", _EXPRESS, [
        "gulbai", (66.9828, 24.8740), (66.9905, 24.8790), (67.0000, 24.8808), (67.0088, 24.8800),
        (67.0180, 24.8842), (67.0265, 24.8872), "lasbela", (67.0395, 24.8886), "teen hatti",
        (67.0500, 24.8935), (67.0580, 24.9010), (67.0665, 24.9090), (67.0725, 24.9180), (67.0780, 24.9270),
        (67.0825, 24.9360), "sohrab goth"]),
    ("malir-expressway", "Malir Expressway", _EXPRESS, [
        "qayyumabad", (67.0900, 24.8375), (67.0930, 24.8450), (67.0985, 24.8520), (67.1080, 24.8570),
        (67.1180, 24.8602), "shah faisal bridge", (67.1430, 24.8625), (67.1580, 24.8620), (67.1730, 24.8640),
        (67.1880, 24.8660), (67.2065, 24.8670), (67.2250, 24.8780), (67.2500, 24.9050), (67.2850, 24.9450),
        (67.3300, 24.9950), (67.3800, 25.0680)]),
    ("korangi-industrial", "Korangi Industrial Road", _ARTERIAL, [
        "malir bridge east", (67.1080, 24.8318), "brookes", (67.1320, 24.8335), "singer", (67.1600, 24.8390),
        (67.1740, 24.8425), "landhi", "dawood chowrangi", (67.2090, 24.8545), "quaidabad"]),
    ("korangi-crossing-road", "Korangi Crossing Road", _STREET, [
        "brookes", (67.1205, 24.8220), "korangi crossing", (67.1290, 24.8170), "korangi two and half",
        (67.1420, 24.8270), "singer"]),
    ("ibrahim-hyderi-road", "Ibrahim Hyderi Road", _STREET, [
        "korangi crossing", (67.1270, 24.8030), (67.1340, 24.7960)]),
    ("landhi-road", "Landhi Road", _STREET, [
        "korangi two and half", (67.1550, 24.8250), (67.1720, 24.8330), "landhi"]),
    ("port-qasim-road", "Port Qasim Road", _ARTERIAL, [
        "bin qasim", (67.3320, 24.8380), (67.3350, 24.8150), (67.3400, 24.7900)]),
    ("malir-cantt-road", "Malir Cantonment Road", _ARTERIAL, [
        "model colony", (67.1880, 24.9180), (67.1950, 24.9350), (67.1820, 24.9460), (67.1660, 24.9450),
        "safoora"]),
    ("safoora-superhighway", "Jinnah Avenue", _ARTERIAL, [
        "safoora", (67.1480, 24.9560), (67.1400, 24.9700), "maymar"]),
    ("johar-road", "Gulistan-e-Johar Road", _STREET, [
        "johar mor", (67.1230, 24.9110), (67.1330, 24.9180), (67.1400, 24.9280), (67.1430, 24.9395)]),
]

# fmt: on
ROADS: list[Road] = [*_CORRIDOR, *_OLD_TOWN, *_CLIFTON, *_DEFENCE, *_OUTER]
