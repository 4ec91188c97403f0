import Core

/// What a client calls itself, for the list of an account's sessions: whatever its `User-Agent` says, cut to a bound.
package struct ClientName: Hashable, Sendable {
    package let value: String

    /// - Returns: nil where nothing readable is left.
    package init?(userAgent: String?) {
        guard let userAgent else { return nil }
        let readable = userAgent.unicodeScalars.prefix(Limits.clientNameScalarsMax * 4)
            .filter { !$0.properties.generalCategory.isInvisible }.prefix(Limits.clientNameScalarsMax)
        let text = String(String.UnicodeScalarView(readable))
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        value = text
    }
}

extension Unicode.GeneralCategory {
    /// What could make a list read as something else than it is.
    fileprivate var isInvisible: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
