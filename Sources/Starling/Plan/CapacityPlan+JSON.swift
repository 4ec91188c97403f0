import Foundation

/// The plan for a program to read.
extension CapacityPlan: Encodable {
    private enum Keys: String, CodingKey {
        case stage, title, workload, load, provision, prices, roles, limits, exceeded, cost, headroom
        case storedGB = "stored_gb"
        case grownGBPerYear = "grown_gb_per_year"
        case unitCosts = "unit_costs"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(stage, forKey: .stage)
        try values.encode(stage.title, forKey: .title)
        try values.encode(workload, forKey: .workload)
        try values.encode(load, forKey: .load)
        try values.encode(provision, forKey: .provision)
        try values.encode(prices, forKey: .prices)
        try values.encode(roles, forKey: .roles)
        try values.encode(limits, forKey: .limits)
        try values.encode(exceeded.map(\.name), forKey: .exceeded)
        try values.encode(cost, forKey: .cost)
        try values.encodeIfPresent(headroom, forKey: .headroom)
        try values.encode(storedGB, forKey: .storedGB)
        try values.encode(grownGBPerYear, forKey: .grownGBPerYear)
        try values.encode(UnitCosts.all, forKey: .unitCosts)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
