"""The typefaces of official documents, and what stands in where one is missing. None is embedded."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from .xml import NAMESPACES, child, serialized, tag

TITLE = "方正小标宋简体"
BODY = "仿宋_GB2312"
KAI = "楷体_GB2312"
HEI = "黑体"
SONG = "宋体"


@dataclass(frozen=True, slots=True)
class _Face:
    name: str
    instead: tuple[str, ...]
    family: str
    panose: str


# Word takes the first name of ``instead`` that is installed: the sister faces of Windows, WPS and macOS, then those
# that are free to hand on (思源, 霞鹜文楷). Where none is, family and Panose tell serif from sans serif.
_FACES = (
    _Face(
        TITLE,
        (
            "FZXiaoBiaoSong-B05S",
            "华文中宋",
            "STZhongsong",
            "思源宋体",
            "Source Han Serif SC",
            "Noto Serif CJK SC",
            "宋体",
        ),
        "roman",
        "02010601030101010101",
    ),
    _Face(
        BODY,
        ("FangSong_GB2312", "仿宋", "FangSong", "华文仿宋", "STFangsong", "Noto Serif CJK SC", "宋体"),
        "roman",
        "02010609030101010101",
    ),
    _Face(
        KAI,
        ("KaiTi_GB2312", "楷体", "KaiTi", "华文楷体", "STKaiti", "霞鹜文楷", "LXGW WenKai", "AR PL UKai CN"),
        "roman",
        "02010609030101010101",
    ),
    _Face(
        HEI,
        ("SimHei", "华文黑体", "STHeiti", "思源黑体", "Source Han Sans SC", "Noto Sans CJK SC"),
        "swiss",
        "02010609060101010101",
    ),
    _Face(
        SONG,
        ("SimSun", "华文宋体", "STSong", "思源宋体", "Source Han Serif SC", "Noto Serif CJK SC"),
        "roman",
        "02010600030101010101",
    ),
)


def font_table() -> bytes:
    """``word/fontTable.xml``: every typeface that the styles name, with its substitutes."""
    root = etree.Element(tag("fonts"), nsmap=NAMESPACES)
    for face in _FACES:
        font = child(root, "font", name=face.name)
        child(font, "altName", val=",".join(face.instead))
        child(font, "panose1", val=face.panose)
        child(font, "charset", val="86")
        child(font, "family", val=face.family)
        child(font, "pitch", val="variable")
        signature = {"usb0": "00000203", "usb1": "288F0000", "usb2": "00000016", "usb3": "00000000"}
        child(font, "sig", **signature, csb0="00040001", csb1="00000000")
    return serialized(root)
