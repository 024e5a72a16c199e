"""Which way do the roads of the Red Zone run? Old town, Saddar, Keamari, Clifton and Defence.

Written like :mod:`tools.city.roads`, which adds the rest of the city.
"""

from __future__ import annotations

from tools.city.junctions import Road

__all__ = ["RED_ZONE_ROADS"]

_ARTERIAL = "arterial"
_STREET = "street"

# Coordinates read best as running text, not one a line.
# fmt: off
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
        ("dockyard-road", "Dockyard Road", _ARTERIAL, [
        "native jetty", (66.9922, 24.8478), (66.9910, 24.8508), "ici bridge"]),
    ("west-wharf-road", "West Wharf Road", _ARTERIAL, [
        "ici bridge", (66.9868, 24.8520), (66.9845, 24.8496), (66.9815, 24.8468), (66.9785, 24.8432),
        (66.9768, 24.8398)]),
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
    ("zulfiqar-avenue", "Zulfiqar Avenue", _STREET, [
        "do darya", (67.0835, 24.7575), (67.0890, 24.7540), (67.0940, 24.7560), (67.0955, 24.7620),
        (67.0945, 24.7700), (67.0940, 24.7780), (67.0900, 24.7825), "creek avenue"]),
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
# fmt: on

RED_ZONE_ROADS: list[Road] = [*_OLD_TOWN, *_CLIFTON, *_DEFENCE]
