"""The questionnaires that come with the program, as a service company in China asks them. Read once, by a migration."""

from __future__ import annotations

from typing import Any

Words = tuple[str, str, str]
LANGUAGES = ("zh-hans", "zh-hant", "en")


def _texts(words: Words) -> dict[str, str]:
    return dict(zip(LANGUAGES, words, strict=True))


def _ask(code: str, *words: str, kind: str = "scale", **more: Any) -> dict[str, Any]:
    """A question; scales are required, own words are not."""
    hans, hant, english = words
    required = more.pop("required", kind != "text")
    options = [{"code": code, "texts": _texts(said)} for code, said in more.pop("options", {}).items()]
    base = {"code": code, "kind": kind, "texts": _texts((hans, hant, english)), "required": required}
    return base | ({"options": options} if options else {}) | more


def _section(code: str, words: Words, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "texts": _texts(words), "questions": list(questions)}


def _branch(question: str, value: int) -> dict[str, str]:
    return {"question": question, "test": "le", "value": str(value)}


OVERALL = _ask(
    "overall",
    "总体来说，您对我们的物业服务满意吗？",
    "整體來說，您對我們的物業服務滿意嗎？",
    "All in all, how satisfied are you with our service?",
    overall=True,
)
WHY = _ask(
    "why",
    "哪里让您不满意？请告诉我们。",
    "哪裡讓您不滿意？請告訴我們。",
    "What disappointed you? Please tell us.",
    kind="text",
    ask_if=_branch("overall", 5),
)
NPS = _ask(
    "recommend",
    "您会向亲友推荐住在这个小区吗？（0 不会，10 一定会）",
    "您會向親友推薦住在這個社區嗎？（0 不會，10 一定會）",
    "Would you recommend living here to friends? (0 no, 10 certainly)",
    kind="nps",
)
WISH = _ask(
    "wish",
    "您最希望我们改进什么？",
    "您最希望我們改進什麼？",
    "What should we improve first?",
    kind="text",
)
IN_ALL: Words = ("总体评价", "總體評價", "All in all")

YEARLY = {
    "title": _texts(("业主满意度年度调查", "業主滿意度年度調查", "Yearly satisfaction survey")),
    "sections": [
        _section(
            "attitude",
            ("服务态度", "服務態度", "Attitude"),
            _ask(
                "a_desk",
                "前台与热线的态度",
                "前台與熱線的態度",
                "Courtesy of the desk and the hotline",
                weight=2,
            ),
            _ask(
                "a_staff",
                "上门人员的礼貌与着装",
                "上門人員的禮貌與著裝",
                "Manners of those who come to your home",
            ),
        ),
        _section(
            "service",
            ("服务质量", "服務品質", "Quality of service"),
            _ask(
                "s_speed", "报修响应是否及时", "報修回應是否及時", "How soon we respond to a repair", weight=2
            ),
            _ask("s_quality", "维修质量", "維修品質", "Quality of repairs", weight=2),
            _ask("s_told", "通知与公示是否清楚", "通知與公示是否清楚", "Whether notices are clear"),
        ),
        _section(
            "facilities",
            ("设施与环境", "設施與環境", "Facilities and surroundings"),
            _ask("f_lifts", "电梯与公共设备", "電梯與公共設備", "Lifts and shared equipment", weight=2),
            _ask("f_order", "车辆停放与公共秩序", "車輛停放與公共秩序", "Parking and order"),
        ),
        _section(
            "security",
            ("安全管理", "安全管理", "Security"),
            _ask("x_gate", "门岗与访客管理", "門崗與訪客管理", "Gates and visitors", weight=2),
            _ask("x_patrol", "夜间巡逻与消防", "夜間巡邏與消防", "Night patrols and fire safety"),
        ),
        _section(
            "cleaning",
            ("绿化与清洁", "綠化與清潔", "Greening and cleaning"),
            _ask("c_stairs", "楼道与电梯清洁", "樓道與電梯清潔", "Cleanliness of stairs and lifts"),
            _ask("c_green", "绿化养护", "綠化養護", "Care of the green"),
            _ask("c_waste", "垃圾分类与清运", "垃圾分類與清運", "Waste sorting and removal"),
        ),
        _section("overall", IN_ALL, OVERALL, WHY, NPS, WISH),
    ],
}
MOVE_IN = {
    "title": _texts(("入伙满意度调查", "入伙滿意度調查", "After moving in")),
    "sections": [
        _section(
            "handover",
            ("交房过程", "交房過程", "Handover"),
            _ask("h_wait", "等候时间与流程", "等候時間與流程", "Waiting and procedure"),
            _ask(
                "h_explained",
                "资料与费用讲解是否清楚",
                "資料與費用講解是否清楚",
                "Explanation of papers and fees",
            ),
            _ask("h_inspected", "陪同验房是否细致", "陪同驗房是否細緻", "Care of the inspection", weight=2),
        ),
        _section(
            "mending",
            ("问题整改", "問題整改", "Defects"),
            _ask(
                "d_any",
                "验房时发现问题了吗？",
                "驗房時發現問題了嗎？",
                "Were defects found?",
                kind="choice",
                options={"yes": ("有", "有", "Yes"), "no": ("没有", "沒有", "No")},
            ),
            _ask(
                "d_mended",
                "整改的速度与质量",
                "整改的速度與品質",
                "Speed and quality of mending",
                weight=2,
                ask_if={"question": "d_any", "test": "is", "value": "yes"},
            ),
        ),
        _section("overall", IN_ALL, OVERALL, WHY, NPS, WISH),
    ],
}
DECORATION = {
    "title": _texts(("装修服务满意度调查", "裝修服務滿意度調查", "After decoration")),
    "sections": [
        _section(
            "permit",
            ("办理与巡查", "辦理與巡查", "Permit and patrols"),
            _ask("p_papers", "装修申请办理", "裝修申請辦理", "Handling of the application"),
            _ask("p_patrol", "巡查与提醒是否得当", "巡查與提醒是否得當", "Patrols and reminders", weight=2),
            _ask("p_refund", "押金退还", "押金退還", "Refund of the deposit"),
        ),
        _section(
            "neighbours",
            ("邻里影响", "鄰里影響", "Neighbours"),
            _ask("n_noise", "噪声与时间管理", "噪音與時間管理", "Noise and hours"),
            _ask("n_waste", "装修垃圾清运", "裝修垃圾清運", "Removal of rubble"),
        ),
        _section("overall", IN_ALL, OVERALL, WHY, WISH),
    ],
}
STAFF = {
    "title": _texts(("员工满意度调查（匿名）", "員工滿意度調查（匿名）", "Staff survey (anonymous)")),
    "sections": [
        _section(
            "work",
            ("工作与班次", "工作與班次", "Work and shifts"),
            _ask("w_load", "工作量是否合理", "工作量是否合理", "My workload is reasonable"),
            _ask("w_shift", "排班是否公平", "排班是否公平", "Shifts are fair"),
            _ask("w_tools", "工具与系统是否好用", "工具與系統是否好用", "Tools and systems help me"),
        ),
        _section(
            "team",
            ("团队与成长", "團隊與成長", "Team and growth"),
            _ask("t_lead", "主管的支持", "主管的支持", "Support by my supervisor", weight=2),
            _ask("t_train", "培训与成长机会", "培訓與成長機會", "Training and chances to grow"),
            _ask("t_pay", "薪酬与福利", "薪酬與福利", "Pay and benefits"),
        ),
        _section(
            "overall",
            IN_ALL,
            _ask("overall", "总体满意度", "總體滿意度", "All in all", overall=True),
            _ask(
                "recommend",
                "您会推荐朋友来这里工作吗？（0 不会，10 一定会）",
                "您會推薦朋友來這裡工作嗎？（0 不會，10 一定會）",
                "Would you recommend working here? (0 no, 10 certainly)",
                kind="nps",
            ),
            WISH,
        ),
    ],
}
FOLLOW_UP = {
    "title": _texts(("维修回访问卷", "維修回訪問卷", "After a repair")),
    "sections": [
        _section(
            "repair",
            ("本次维修", "本次維修", "This repair"),
            _ask("r_punctual", "是否按约上门", "是否按約上門", "Came as appointed"),
            _ask("r_attitude", "服务态度", "服務態度", "Attitude"),
            _ask("r_quality", "维修质量", "維修品質", "Quality of the work", weight=2),
            _ask("r_tidy", "鞋套、地垫与清场", "鞋套、地墊與清場", "Shoe covers, floor mat, tidiness"),
            _ask("r_price", "费用说明是否清楚", "費用說明是否清楚", "Price explained", required=False),
        ),
        _section("overall", IN_ALL, OVERALL, WHY),
    ],
}
LIBRARY = {
    "yearly": YEARLY,
    "move-in": MOVE_IN,
    "decoration": DECORATION,
    "staff": STAFF,
    "follow-up": FOLLOW_UP,
}
