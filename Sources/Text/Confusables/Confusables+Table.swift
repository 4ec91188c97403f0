extension Confusables {
    /// Letters of Latin, Greek and Cyrillic by the ASCII characters that they look like.
    ///
    /// Written by hand after the confusables of UTS 39 for these scripts, capitals by the shape of the capital. Added to
    /// them are letters with strokes, hooks and descenders, which the standard gives as a letter and a mark, and marks do
    /// not count here; and the small letters of Greek and Cyrillic that are drawn as small capitals (`в`, `к`, `м`,
    /// `н`, `т`). What NFKC makes the same, such as full-width and mathematical letters, needs no place here.
    static let lookalikes: [(shape: String, scalars: String)] = [
        // Latin
        ("a", "ɑᴀȺⱥ"), ("ae", "æÆ"), ("b", "ƀƁɓƂƃʙßẞƄƅ"), ("c", "ƈƇȼȻᴄɕ"), ("d", "đĐɖƉɗƊƌƋðÐᴅ"), ("e", "ɛƐəƏǝƎɇɆᴇ"),
        ("f", "ƒƑꞙ"), ("g", "ɡǥǤɠƓɢ"), ("h", "ħĦɦꞪʜⱨⱧ"), ("i", "ıɩƖɪɨƗ"), ("j", "ȷɉɈʝᴊ"), ("k", "ƙƘᴋⱪⱩ"),
        ("l", "łŁƚȽɫⱢɬɭʟǀ"), ("m", "ɱⱮᴍ"), ("n", "ŋŊɲƝƞȠɳɴ"), ("o", "øØɵƟᴏɔƆ"), ("oe", "œŒɶ"), ("p", "ƥƤᴘþÞƿǷ"),
        ("q", "ɋɊ"), ("r", "ɍɌɽɾʀ"), ("s", "ꜱʂȿ"), ("t", "ŧŦƭƬʈƮƫᴛ"), ("u", "ʉɄʋƲᴜ"), ("v", "ᴠ"), ("w", "ɯƜⱳⱲᴡ"),
        ("y", "ƴƳɏɎʏɣ"), ("z", "ƶƵȥȤʐᴢ"), ("2", "Ƨƨƻ"), ("3", "ƷʒȜȝɜ"), ("5", "Ƽƽ"), ("8", "Ȣȣ"),
        // Greek
        ("a", "Αα"), ("b", "Ββϐ"), ("c", "ςϲϹ"), ("e", "Εεϵ"), ("f", "Ϝϝ"), ("h", "Η"), ("i", "Ιι"), ("j", "Ϳϳ"),
        ("k", "Κκ"),
        ("m", "Μ"), ("n", "Νη"), ("o", "Οοσ"), ("p", "Ρρϸ"), ("t", "Ττ"), ("u", "υµμ"), ("v", "ν"), ("w", "ω"),
        ("x", "Χχ"),
        ("y", "Υγ"), ("z", "Ζζ"),
        // Cyrillic
        ("a", "Аа"), ("ae", "Ӕӕ"), ("b", "ВвЬьҌҍ"), ("c", "СсҪҫ"), ("d", "Ԁԁ"), ("e", "ЕеҼҽЄє"), ("g", "Ԍԍ"),
        ("h", "НнҺһҢңӉӊӇӈЋћ"), ("i", "Іі"), ("j", "Јј"), ("k", "КкҚқҜҝҞҟҠҡӃӄ"), ("l", "Ӏӏ"), ("m", "МмӍӎ"),
        ("n", "Ппԥ"),
        ("o", "ОоӨө"), ("p", "РрҎҏ"), ("q", "Ԛԛ"), ("r", "гҐґҒғ"), ("s", "Ѕѕ"), ("t", "ТтҬҭ"), ("v", "Ѵѵ"),
        ("w", "ԜԝШшѠѡ"),
        ("x", "ХхҲҳӼӽӾӿ"), ("y", "УуҮүҰұ"), ("3", "ЗзӠӡ"), ("4", "Чч"), ("6", "б"),
    ]
}
