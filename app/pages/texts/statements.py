"""Texts of the monthly statements."""

TEXTS = {
    "desk.way.statements": ("月报", "Statements"),
    "statements.title": ("月度报表", "Monthly statements"),
    "statements.line": (
        "每月数据冻结一次，此后不再改变：签名，并与上一份首尾相接。晚到的数据记入下一份的“迟到”栏。",
        "A month is frozen once and never changes: signed, and chained to the month before. "
        "What comes late is a line of the next statement.",
    ),
    "statements.schedule": (
        "每月 {day} 日夜间自动冻结上月。",
        "The month before is frozen by itself on day {day}, at night.",
    ),
    "statements.good": (
        "签名链完好：{count} 份报表，内容、签名与先后次序均无改动。",
        "The chain is sound: {count} statements; texts, signatures and order are as they were.",
    ),
    "statements.bad": (
        "发现改动。以下月份的报表与冻结时不符：",
        "Something was changed. These months are not as they were frozen:",
    ),
    "statements.none": ("还没有冻结的月份", "No month is frozen yet"),
    "statements.none.line": (
        "月份结束后即可冻结，形成不可更改的报表。",
        "A month can be frozen when it is over.",
    ),
    "statements.freeze": ("冻结 {month}", "Freeze {month}"),
    "statements.freeze.ask": (
        "冻结 {month} 后，这份报表不能更改或撤销。确定冻结吗？",
        "The statement of {month} can never be changed or withdrawn. Freeze it?",
    ),
    "statements.frozen": ("冻结时间", "Frozen"),
    "statements.list": ("全部月报", "All statements"),
    "statements.frozen_by": ("冻结人", "Frozen by"),
    "statements.hash": ("校验值", "Hash"),
    "statements.late": ("迟到", "Late"),
    "statements.late.count": ("{count} 个月", "{count} months"),
    "statements.state": ("状态", "State"),
    "statements.state.good": ("完好", "Sound"),
    "statements.state.bad": ("有改动", "Changed"),
    "statements.reduced": (
        "{month} 及以前的逐次播放记录已按保存期清理，汇总与报表保留。",
        "Plays up to {month} were reduced by order; tallies and statements stay.",
    ),
    "statements.scope": (
        "您的账号只显示本地区的数据；签名覆盖全省报表。",
        "Your account sees its own region; the signature is of the whole statement.",
    ),
    "statements.public_key": ("下载公钥", "Public key"),
    "statements.open": ("开放数据", "Open data"),
    "statements.open.line": (
        "按日、县区、课程汇总的 CSV，可公开发布：每一行至少 5 户，不足的并入“其他”，合计不变。"
        "只按整月导出；每个月只发布一次，因为晚到的数据还会使它变化。",
        "A CSV by day, county and course that may be published: at least 5 boxes a line; fewer are "
        "added to the others, and totals stay true. Whole months only; publish each once, since "
        "late reports still change it.",
    ),
    "statements.open.button": ("下载 ZIP", "Download ZIP"),
    "statement.title": ("观看数据月报", "Viewing statement"),
    "statement.print": ("打印 / 存为 PDF", "Print or save as PDF"),
    "statement.xlsx": ("Excel", "Excel"),
    "statement.json": ("签名原文 JSON", "Signed text (JSON)"),
    "statement.sig": ("签名文件", "Signature"),
    "statement.pem": ("公钥", "Public key"),
    "statement.rerun": ("重新计算核对", "Count again"),
    "statement.rerun.good": (
        "已从逐次播放重新计算，与冻结的报表逐字节一致。",
        "Counted again from the plays: the same, byte for byte.",
    ),
    "statement.rerun.bad": (
        "重新计算的结果与报表不一致：",
        "Counted again, the plays say otherwise:",
    ),
    "statement.sound": (
        "内容、签名与前后次序核对无误",
        "Text, signature and order are as they were",
    ),
    "statement.region": (
        "仅显示{region}的数据；签名与校验值属于全部地区的报表。",
        "Shown for {region} alone; hash and signature belong to the statement of all regions.",
    ),
    "statement.region.plays": ("播放 {plays} 次", "{plays} plays"),
    "statement.figures": ("合计", "Totals"),
    "statement.distinct": ("看过内容", "Content seen"),
    "statement.sheet.prefectures": ("市州", "Prefectures"),
    "statement.sheet.counties": ("县区", "Counties"),
    "statement.sheet.townships": ("乡镇", "Townships"),
    "statement.sheet.courses": ("课程", "Courses"),
    "statement.sheet.county_courses": ("县区 × 课程", "Counties by course"),
    "statement.county_courses.line": (
        "每个县区看了哪些课程；各课程相加等于该县区，各县区相加等于该课程。",
        "Which courses each county watched; they add up to the county, and to the course.",
    ),
    "statement.county_courses.all": ("全部县区，可打印", "All counties, for print"),
    "statement.county_courses.none": (
        "这份报表没有县区 × 课程的数字。",
        "This statement has no figures of counties by course.",
    ),
    "statement.sheet.lessons": ("课时", "Lessons"),
    "statement.sheet.days": ("每日", "Days"),
    "statement.sheet.receipts": ("数据接收", "Receipts"),
    "statement.sheet.late": ("迟到 {month}", "Late {month}"),
    "statement.boxes.note": (
        "收看户数按整月去重；同一户在多处或多门课程收看只算一户，故各行相加不等于合计。",
        "A box that watched in two places or two courses is one box, so boxes do not add up.",
    ),
    "statement.print.note": (
        "打印时只包含展开的表。",
        "Tables that are closed are not printed.",
    ),
    "statement.receipt": ("接收结果", "What became of them"),
    "statement.events": ("上报条数", "Events"),
    "statement.receipt.received": ("收到", "Received"),
    "statement.receipt.counted": ("计入", "Counted"),
    "statement.receipt.unchanged": ("重复，无新内容", "Known already"),
    "statement.receipt.late": ("迟到（所属月份已冻结）", "Late, for a month that was frozen"),
    "statement.receipt.invalid_user": ("异常用户", "Of invalid users"),
    "statement.receipt.refused": ("拒收", "Refused"),
    "statement.receipts.line": (
        "收到 = 计入 + 重复 + 迟到 + 异常用户 + 拒收。",
        "Received = counted + known already + late + invalid users + refused.",
    ),
    "statement.late.title": ("迟到数据", "Late changes"),
    "statement.late.line": (
        "上一份报表冻结之后，{month} 的数据又有以下变化（原报表不变，此处补记）：",
        "Since the statement before, {month} has changed by this much:",
    ),
    "statement.late.what": ("地区 / 课程", "Place or course"),
    "statement.late.none": (
        "上一份报表冻结后，此前各月没有变化。",
        "Nothing of earlier months has changed since the statement before.",
    ),
    "statement.late.plays": (
        "涉及 {plays} 次播放、{boxes} 户。",
        "{plays} plays of {boxes} boxes.",
    ),
    "statement.proof": ("凭证", "Proof"),
    "statement.proof.line": (
        "原文、签名与公钥可下载，用 sha256sum 和 openssl 即可独立核对，无需本系统。",
        "Text, signature and key can be downloaded and checked with sha256sum and openssl alone.",
    ),
    "statement.definitions.other": (
        "这份报表按口径 {version} 冻结，与现行的 {current} 可能不同，所以这里不列现行的说明。"
        "它的说明见当时那一版程序的“指标口径”页。",
        "Frozen by the definitions {version}; today's are {current} and may mean something else, "
        "so they are not shown here. The page of definitions of that release says what was meant.",
    ),
    "statement.fact.region": ("地区", "Region"),
    "statement.fact.month": ("月份", "Month"),
    "statement.fact.zone": ("时区", "Time zone"),
    "statement.fact.frozen": ("冻结", "Frozen"),
    "statement.fact.definitions": ("口径版本", "Definitions"),
    "statement.fact.inputs": ("输入：播放数 · SHA-256", "Inputs: plays · SHA-256"),
    "statement.fact.hashed": ("输入 SHA-256", "Inputs, SHA-256"),
    "statement.fact.hash": ("报表 SHA-256", "Statement SHA-256"),
    "statement.fact.previous": ("上一份 SHA-256", "Statement before, SHA-256"),
    "statement.fact.signature": ("Ed25519 签名", "Ed25519 signature"),
    "statement.fact.key": ("公钥", "Public key"),
    "statement.fact.invalid": ("异常用户（不计入）", "Invalid users (left out)"),
    "statement.first": ("（第一份）", "(the first)"),
    "statement.reduced": (
        "本月逐次播放记录已按保存期清理，报表凭签名、校验值与汇总核对。",
        "The plays of this month were reduced; hash, signature and tallies prove it.",
    ),
}
