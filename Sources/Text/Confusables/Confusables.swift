/// Which names a reader would take for each other.
package enum Confusables {
    /// Two names look alike when their skeletons are equal, as in Unicode Technical Standard 39, section 4. A skeleton is for
    /// comparing only; it is no name, and nothing to show.
    ///
    /// A username holds only ASCII letters, digits and underscores, so what deceives there is within ASCII: `0` and `o`,
    /// `rn` and `m`, `vv` and `w`, `1`, `l` and `I`. As names are the same in either case, and `@Iarry` in a post
    /// is `@iarry`, the small `i` belongs with these too. Underscores run together: `a__b` is `a_b`. Left apart is what only
    /// resembles (`5` and `s`, `cl` and `d`), and one underscore here and another there (`owner_8` and `own_er8`), which is
    /// seen and with which people tell themselves from others of their name: a refusal without need turns people away.
    ///
    /// Other letters matter for what may hold them: a display name next to somebody's username, a name from an
    /// import. Those of Latin, Greek and Cyrillic are told by their shape, digits of all scripts by their value, and
    /// diacritics do not count, beyond the standard's rules: the eye passes over them in a name.
    package static func skeleton(of username: String) -> String {
        var skeleton = String.UnicodeScalarView()
        for scalar in CompatibilityForm.decomposed(username).unicodeScalars where !isIgnored(scalar) {
            // The shape of a capital first: of `В` it is `B`, while folded to `в` it would be lost.
            if let shape = shapes[scalar] {
                append(shape, to: &skeleton)
            } else {
                var folded = String.UnicodeScalarView()
                CaseFolding.standard.fold(scalar, into: &folded)
                for scalar in folded { append(shapes[scalar] ?? String(scalar), to: &skeleton) }
            }
        }
        return String(skeleton)
    }

    private static func append(_ shape: String, to skeleton: inout String.UnicodeScalarView) {
        for scalar in shape.unicodeScalars {
            for part in prototypes[scalar]?.unicodeScalars ?? String(digit(scalar) ?? scalar).unicodeScalars {
                if part == "_", skeleton.last == "_" { continue }
                skeleton.append(part)
            }
        }
    }

    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x80 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard scalar.value >= 0x80, scalar.properties.generalCategory == .decimalNumber,
            let value = scalar.properties.numericValue, (0...9).contains(value)
        else { return nil }
        return ["o", "l", "2", "3", "4", "5", "6", "7", "8", "9"][Int(value)]
    }

    /// What stands for a group of ASCII characters; as in UTS 39 two letters stand for one rather than one for two.
    private static let prototypes: [Unicode.Scalar: String] = [
        "0": "o", "1": "l", "i": "l", "|": "l", "m": "rn", "w": "vv",
    ]

    private static let shapes: [Unicode.Scalar: String] = {
        var shapes: [Unicode.Scalar: String] = [:]
        for (shape, scalars) in lookalikes {
            for scalar in scalars.unicodeScalars { shapes[scalar] = shape }
        }
        return shapes
    }()
}
