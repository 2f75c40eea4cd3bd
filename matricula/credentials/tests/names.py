"""Names of people in many scripts, as they stand on certificates."""

NAMES = {
    "Latin": "Zoë Ødegård-Șerbănescu",
    "Vietnamese": "Nguyễn Thị Ngọc Ánh",
    "Hausa": "Ɗanjuma Ƙofar-Mata",
    "Greek": "Ἀθηνᾶ Παπαδοπούλου",
    "Cyrillic": "Анна Сергіївна Ковальчук",
    "Armenian": "Անահիտ Սարգսյան",
    "Georgian": "ნინო ბერიძე",
    "Hebrew": "נועה בן־דוד",
    "Arabic": "فاطمة الزهراء بنت عبد الله",
    "Persian": "شیرین می‌خواهد",
    "Syriac": "ܐܒܪܗܡ ܕܘܠܒܢܝ",
    "Thaana": "އައިޝަތު މުހައްމަދު",
    "Ethiopic": "ሰላማዊት ተስፋዬ",
    "Devanagari": "कृष्णा श्रीवास्तव",
    "Bengali": "ঐশ্বর্যা চট্টোপাধ্যায়",
    "Gurmukhi": "ਹਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "કૃષ્ણા પટેલ",
    "Odia": "ପ୍ରିୟଙ୍କା ମହାନ୍ତି",
    "Tamil": "ஸ்ரீதேவி கிருஷ்ணன்",
    "Telugu": "లక్ష్మీ ప్రసన్న",
    "Kannada": "ಲಕ್ಷ್ಮೀ ಕೃಷ್ಣಮೂರ್ತಿ",
    "Malayalam": "കൃഷ്ണൻ നമ്പൂതിരി",
    "Sinhala": "ශ්‍රීමාලී වික්‍රමසිංහ",
    "Thai": "ณัฐวุฒิ พิพัฒน์กุล",
    "Lao": "ສົມພອນ ວົງສາ",
    "Khmer": "សុខា ស្រីនាង",
    "Burmese": "ဒေါ်အောင်ဆန်းစုကြည်",
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠬᠦᠮᠦᠨ",
    "Japanese": "𠮷田 花子さん 直樹",
    "Korean": "김민준 直",
    "Chinese": "李小龙 歐陽直",
    "Cherokee": "ᏣᎳᎩ ᎠᏰᎵ",
    "Tifinagh": "ⴰⵎⴰⵣⵉⵖ",
    "N'Ko": "ߒߞߏ ߞߊ߲ߕߍ",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪",
    "Emoji": "Ada 🦉 Okafor ❤️ 👩‍🏫",
}
"""By script or language."""

LONG = 200
"""As many letters as a name may have."""


def lengthened(name: str, letters: int) -> str:
    """The name again and again, as one with more of them, and as long as it may be."""
    return " ".join([name] * (letters // (len(name) + 1) + 1))[:letters].strip()
