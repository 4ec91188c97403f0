import Foundation

/// Unicode's normalization forms NFKC and NFKD: one form for what is the same character in another width, shape or
/// composition. The standard library has neither; nothing else of Foundation is used in this target.
enum CompatibilityForm {
    static func of(_ text: String) -> String {
        isASCII(text) ? text : text.precomposedStringWithCompatibilityMapping
    }

    static func decomposed(_ text: String) -> String {
        isASCII(text) ? text : text.decomposedStringWithCompatibilityMapping
    }

    static func isASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 }
    }
}
