/// RFC 6455, section 7.4, and what IANA has registered since.
package struct WebSocketCloseCode: Hashable, Sendable, RawRepresentable {
    package let rawValue: UInt16

    /// - Returns: nil for a number that may not be sent: unassigned, or a name for what never comes in a frame (1005, 1006,
    ///   1015).
    package init?(rawValue: UInt16) {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: self.rawValue = rawValue
        default: return nil
        }
    }

    private init(assigned: UInt16) {
        rawValue = assigned
    }

    package static let normal = WebSocketCloseCode(assigned: 1000)
    package static let goingAway = WebSocketCloseCode(assigned: 1001)
    package static let protocolError = WebSocketCloseCode(assigned: 1002)
    package static let unsupportedData = WebSocketCloseCode(assigned: 1003)
    package static let invalidPayload = WebSocketCloseCode(assigned: 1007)
    package static let policyViolation = WebSocketCloseCode(assigned: 1008)
    package static let messageTooBig = WebSocketCloseCode(assigned: 1009)
    package static let internalError = WebSocketCloseCode(assigned: 1011)
    package static let tryAgainLater = WebSocketCloseCode(assigned: 1013)

    // Registered with IANA for applications.
    package static let unauthorized = WebSocketCloseCode(assigned: 3000)
    package static let timeout = WebSocketCloseCode(assigned: 3008)
}
