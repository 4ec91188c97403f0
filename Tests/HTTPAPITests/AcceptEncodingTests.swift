import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Accept-Encoding") struct AcceptEncodingTests {
    static let allowing = [
        ["gzip"], ["GZip"], ["x-gzip"], ["*"], ["gzip, deflate, br"], ["deflate", "gzip"], ["br;q=1.0, gzip;q=0.001"],
        ["gzip;q=1"], ["gzip ; q=0.5"], ["gzip;Q=0.5"], ["*;q=0.1"], ["identity;q=0, *"],
        ["identity;q=0.5, gzip;q=0.5"],
        ["gzip;q=1.000"], [" gzip "], [",gzip,,"], ["\tgzip\t"],
    ]
    static let refusing = [
        [], [""], ["identity"], ["deflate"], ["br"], ["gzip;q=0"], ["gzip;q=0.000"], ["gzip;q=0, *"], ["*;q=0"],
        ["gzip;q=0.4, identity"], ["gzip, gzip;q=0"], ["gzip;q=0", "gzip"], ["identity, gzip;q=0.999"],
        // Not what the grammar allows.
        ["gzip;q=2"], ["gzip;q=1.001"], ["gzip;q=0.0001"], ["gzip;q=-1"], ["gzip;q="], ["gzip;q"], ["gzip;"],
        ["gzip;level=1"], ["gzip;q=0.5;q=1"], ["gzip;q=.5"], ["gzip;q=1.0e"], ["gzip deflate"], ["gzipped"],
        ["gzip;q=٠"], ["gzip;q=+1"],
    ]

    @Test("a client that takes gzip gets it", arguments: allowing)
    func allowed(_ values: [String]) {
        #expect(AcceptEncoding(fields(values)).allowsGzip)
    }

    @Test("a client that does not, or that cannot be understood, gets plain bytes", arguments: refusing)
    func refused(_ values: [String]) {
        #expect(!AcceptEncoding(fields(values)).allowsGzip)
    }

    private func fields(_ values: [String]) -> HTTPFields {
        HTTPFields(values.map { HTTPField(name: .acceptEncoding, value: $0) })
    }
}
