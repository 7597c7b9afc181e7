//! The languages that samples can be in.

use crate::error::{Error, Result};
use crate::open_enum::open_enum;

open_enum! {
    /// A language, as the service names it.
    LangCode {
        Ar "ar",
        ArAe "ar-ae",
        ArSa "ar-sa",
        Az "az",
        Be "be",
        Bg "bg",
        Bs "bs",
        Ca "ca",
        Cs "cs",
        Cy "cy",
        Da "da",
        De "de",
        El "el",
        En "en",
        EnAu "en-au",
        EnCa "en-ca",
        EnGb "en-gb",
        EnUs "en-us",
        Es "es",
        EsMx "es-mx",
        EsCo "es-co",
        EsAr "es-ar",
        EsCh "es-ch",
        EsLa "es-la",
        Et "et",
        Fi "fi",
        Fil "fil",
        Fr "fr",
        FrCa "fr-ca",
        Gl "gl",
        He "he",
        Hi "hi",
        Hr "hr",
        Hu "hu",
        Id "id",
        Is "is",
        It "it",
        Ja "ja",
        Kk "kk",
        Ko "ko",
        Lt "lt",
        Lv "lv",
        Mk "mk",
        Ms "ms",
        Nl "nl",
        No "no",
        Pl "pl",
        Pt "pt",
        PtBr "pt-br",
        Ro "ro",
        Ru "ru",
        Sk "sk",
        Sl "sl",
        Sr "sr",
        Sv "sv",
        Sw "sw",
        Ta "ta",
        Th "th",
        Tr "tr",
        Uk "uk",
        Ur "ur",
        Vi "vi",
        Zh "zh",
        ZhHans "zh-hans",
        ZhHant "zh-hant",
        Auto "auto",
        Ba "ba",
        Bn "bn",
        Eo "eo",
        Eu "eu",
        Fa "fa",
        Ga "ga",
        Ia "ia",
        Mn "mn",
        Mr "mr",
        Mt "mt",
        Ug "ug",
        Yue "yue",
    }
}

impl LangCode {
    /// The language of this code, upper and lower case being one.
    ///
    /// # Errors
    /// `InvalidArgument` when there is none of it. A code that the service got since can be given as
    /// [`Unknown`](Self::Unknown).
    pub fn parse(code: &str) -> Result<LangCode> {
        match LangCode::from(code.trim().to_ascii_lowercase().as_str()) {
            LangCode::Unknown(_) => Err(Error::invalid(
                "lang_code",
                format_args!("{code:?}"),
                &format!("one of {}", LangCode::WORDS.join(", ")),
            )),
            known => Ok(known),
        }
    }
}
