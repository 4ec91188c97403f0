/// Which letters are the same letter in another case.
package enum CaseFolding: Hashable, Sendable {
    /// Unicode's full case folding, for all languages together, but that `İ` is the capital of the same `i` as `I`: Unicode
    /// would leave the dot behind as a mark of its own, which makes `İstanbul` another word than `Istanbul`.
    case standard
    /// As Turkish and Azerbaijani have it: `I` is the capital of `ı`, and `İ` that of `i`.
    case turkic

    /// - Parameter languageTag: BCP 47, such as `tr`, `az-Latn` or `en-GB`; nil when nobody knows.
    package init(languageTag: String?) {
        let language = languageTag?.prefix { $0 != "-" && $0 != "_" }.lowercased()
        self = language == "tr" || language == "az" ? .turkic : .standard
    }

    /// Appends the folded form of a scalar.
    ///
    /// Full case folding is not in the standard library, but follows from its case mappings: lower, then upper, then
    /// lower case. Of Unicode 15's CaseFolding.txt that differs in `ı` and `İ`, treated apart here, and for Cherokee, which Unicode
    /// folds to capitals and this to small letters: as keys they serve the same.
    func fold(_ scalar: Unicode.Scalar, into folded: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0x49 where self == .turkic: folded.append("\u{131}")
        case 0x130: folded.append("i")
        // What others make of `İ` in lower case.
        case 0x307 where folded.last == "i": break
        case 0x131: folded.append(scalar)
        case 0x41...0x5A: folded.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
        case 0..<0x80: folded.append(scalar)
        default:
            for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                for upper in lower.properties.uppercaseMapping.unicodeScalars {
                    folded.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
                }
            }
        }
    }

    /// NFKC, folded, without what cannot be seen (soft hyphens, joiners, variation selectors), and NFKC again, since folding
    /// can leave that form: NFKC_Casefold of the Unicode Standard, section 3.13. Diacritics stay.
    package func fold(_ text: String) -> String {
        if self == .standard, CompatibilityForm.isASCII(text) { return text.lowercased() }
        var folded = String.UnicodeScalarView()
        for scalar in CompatibilityForm.of(text).unicodeScalars where !isInvisible(scalar) {
            fold(scalar, into: &folded)
        }
        return CompatibilityForm.of(String(folded))
    }

    private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x80 && scalar.properties.isDefaultIgnorableCodePoint
    }
}
