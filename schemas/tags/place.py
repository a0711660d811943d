"""Where an enterprise is registered, and how surely that is known."""

from datetime import date
from itertools import combinations

from schemas.condition import Ends, Is, Known, Not, OneOf, every
from schemas.tag import Family, Flag

_EVIDENCE = ("code", "county", "town", "zone", "city", "road")
# One piece of evidence agrees; any of the others may differ, each behind a `!`.
_ONE = tuple(
    "!".join((one, *differing))
    for one in _EVIDENCE
    for count in range(len(_EVIDENCE))
    for differing in combinations((each for each in _EVIDENCE if each != one), count)
)

PLACE = Family(
    "place",
    "属地",
    "县发展和改革局、各乡镇（街道）",
    "企业在街道还是乡镇，属地是否准确，是否在山区海岛县？",
    date(2026, 7, 1),
    (
        Flag("in_street", "位于街道", Ends("town_name", ("街道",)), "所在乡镇（街道）名称以街道结尾"),
        Flag("in_town", "位于镇", Ends("town_name", ("镇",)), "所在乡镇（街道）名称以镇结尾"),
        Flag("in_township", "位于乡", Ends("town_name", ("乡",)), "所在乡镇（街道）名称以乡结尾"),
        Flag("town_known", "属地已定位到乡镇（街道）", Known("town"), "已确定所在乡镇（街道）"),
        Flag(
            "placed_by_one",
            "属地仅有单一依据",
            OneOf("place_evidence", _ONE),
            "相符的属地依据只有一项，不论有无不相符的",
        ),
        Flag(
            "placed_by_several",
            "属地有多项依据印证",
            every(Known("place_evidence"), Not(Is("placed_by_one"))),
            "相符的属地依据两项及以上，不论有无不相符的",
        ),
        Flag(
            "mountain_county",
            "山区26县企业",
            OneOf(
                "county",
                (
                    "330127",
                    "330324",
                    "330326",
                    "330327",
                    "330328",
                    "330329",
                    "330723",
                    "330727",
                    "330802",
                    "330803",
                    "330881",
                    "330822",
                    "330824",
                    "330825",
                    "331022",
                    "331023",
                    "331024",
                    "331102",
                    "331181",
                    "331121",
                    "331125",
                    "331126",
                    "331122",
                    "331123",
                    "331124",
                    "331127",
                ),
            ),
            "浙江省山区26县跨越式高质量发展政策所列26个县（市、区）",
        ),
        Flag(
            "island_county",
            "海岛县企业",
            OneOf("county", ("330305", "330902", "330903", "330921", "330922", "331083")),
            "洞头、定海、普陀、岱山、嵊泗、玉环",
        ),
    ),
)
