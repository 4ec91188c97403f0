import Core
import Foundation
import NIOCore

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An element of a reply of S3.
struct S3Element {
    let name: String
    var text = ""
    var children: [S3Element] = []

    /// The text of the only child of that name; nil if there is none, or more than one.
    subscript(name: String) -> String? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found.first?.text : nil
    }
}

/// Reads a reply of S3, strictly: no declarations (so no entities of its own), bounds on elements and depth.
enum S3XML {
    /// - Returns: the root element.
    /// - Throws: `malformedReply`.
    static func parse(_ body: ByteBuffer) throws -> S3Element {
        let bytes = body.readableBytesView
        guard bytes.count <= Limits.blobReplyBytesMax, !declares(bytes) else { throw malformed }
        let reader = Reader()
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        guard parser.parse(), let root = reader.root else { throw malformed }
        return root
    }

    static let malformed = BlobStoreError(.malformedReply, "S3's reply is not what it should be")

    /// Whether there is a `<!`: a document type, an entity, a comment or a CDATA section. S3 sends none of them.
    private static func declares(_ bytes: ByteBufferView) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "<") && $1 == UInt8(ascii: "!") }
    }

    private final class Reader: NSObject, XMLParserDelegate {
        private var open: [S3Element] = []
        private var count = 0
        private(set) var root: S3Element?

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            count += 1
            guard count <= Limits.blobReplyElementsMax, open.count < Limits.blobReplyDepthMax else {
                parser.abortParsing()
                return
            }
            open.append(S3Element(name: name))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            guard let last = open.indices.last else { return }
            open[last].text += text
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            guard let element = open.popLast() else { return }
            guard let last = open.indices.last else {
                root = element
                return
            }
            open[last].children.append(element)
        }
    }
}
