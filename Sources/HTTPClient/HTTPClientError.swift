import Foundation
import NIOCore
import NIOPosix

/// Why a request got no usable response. A response with a 4xx or 5xx status is not an error of the client.
package struct HTTPClientError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: String, Sendable {
        /// Nothing listens at the address, or it could not be reached.
        case connectFailed = "cannot connect"
        /// No complete response within the time allowed.
        case timeout = "timed out"
        /// The peer closed the connection, or it was closed here, before the response was complete.
        case connectionClosed = "connection closed"
        /// A second request was sent while the first was unanswered.
        case busy = "a request is already in flight"
        /// The response body exceeds the bound.
        case bodyTooLarge = "response body too large"
        /// The peer did not speak HTTP/1.1.
        case malformedResponse = "malformed response"
        /// A method, path or header that cannot be put on the wire.
        case invalidRequest = "invalid request"
    }

    package let code: Code
    /// What happened, for people: an address, a limit or the system's own words.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { "\(code.rawValue): \(detail)" }
}

extension HTTPClientError {
    /// A failed connection attempt, told in the system's own words without the wrapping that a name lookup adds.
    package init(connectingTo address: HTTPClient.Address, _ error: any Error) {
        let attempts = error as? NIOConnectionError
        let cause = attempts?.connectionErrors.first?.error ?? attempts?.dnsAError ?? attempts?.dnsAAAAError ?? error
        let reason = (cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? String(describing: cause)
        self.init(.connectFailed, "\(address): \(reason)")
    }
}
