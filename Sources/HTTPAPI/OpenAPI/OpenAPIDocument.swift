/// Builds the OpenAPI 3.1 document from the table of endpoints.
struct OpenAPIDocument {
    let endpoints: [Endpoint]

    func json() -> [UInt8] {
        Array("{}".utf8)
    }
}
