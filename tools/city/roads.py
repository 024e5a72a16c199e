"""Which way do the roads of Karachi run? One entry a road: id, name, kind and the way it takes.

A string is a name of :data:`tools.city.junctions.JUNCTIONS`; a pair is (longitude, latitude).
Roads that cross, or end on another road, get a shared vertex from :mod:`tools.city.network`.
"""

from __future__ import annotations

from tools.city.junctions import Road
from tools.city.roads_red_zone import RED_ZONE_ROADS

__all__ = ["ROADS"]

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
        (67.4600, 24.8010)]),
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
        (67.0180, 24.9560), (67.0240, 24.9740), (67.0285, 24.9880), "manghopir"]),
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

ROADS: list[Road] = [*_CORRIDOR, *RED_ZONE_ROADS, *_OUTER]
