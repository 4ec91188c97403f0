/// RFC 3492, as far as needed to know whether a label fits into DNS.
enum Punycode {
    private static let base = 36
    private static let tMin = 1
    private static let tMax = 26
    private static let skew = 38
    private static let damp = 700

    /// How many bytes a label has when encoded, without the prefix `xn--`. Takes time quadratic in the label, so give it
    /// labels that can fit only.
    static func encodedLength(_ label: String) -> Int {
        let scalars = label.unicodeScalars.map { Int($0.value) }
        let basic = scalars.count { $0 < 0x80 }
        var length = basic > 0 ? basic + 1 : 0
        var next = 0x80
        var delta = 0
        var bias = 72
        var handled = basic
        while handled < scalars.count, let smallest = scalars.lazy.filter({ $0 >= next }).min() {
            delta += (smallest - next) * (handled + 1)
            next = smallest
            for scalar in scalars {
                if scalar < next { delta += 1 }
                guard scalar == next else { continue }
                length += digitCount(of: delta, bias: bias)
                bias = adapt(delta, points: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return length
    }

    private static func digitCount(of delta: Int, bias: Int) -> Int {
        var rest = delta
        var count = 1
        var position = base
        while true {
            let threshold = min(max(position - bias, tMin), tMax)
            guard rest >= threshold else { return count }
            rest = (rest - threshold) / (base - threshold)
            count += 1
            position += base
        }
    }

    private static func adapt(_ delta: Int, points: Int, isFirst: Bool) -> Int {
        var rest = isFirst ? delta / damp : delta / 2
        rest += rest / points
        var position = 0
        while rest > (base - tMin) * tMax / 2 {
            rest /= base - tMin
            position += base
        }
        return position + (base - tMin + 1) * rest / (rest + skew)
    }
}
