"""Lists of other departments: brands, farming, trade, culture."""

from datetime import date

from schemas.tag import Family, Rolls

OTHER_ROLLS = Family(
    "other_rolls",
    "其他部门名单",
    "县市场监督管理局、县农业农村局、县商务局、县文化和广电旅游体育局",
    "哪些企业有品牌质量、农业龙头、商贸、文旅称号？",
    date(2026, 7, 1),
    (
        Rolls(
            "brand_rolls",
            "{word}",
            {
                "made_in_zhejiang": "“浙江制造”认证企业",
                "government_quality_award": "政府质量奖企业",
                "century_brand": "中华老字号",
                "provincial_old_brand": "浙江老字号",
                "well_known_trademark": "驰名商标持有企业",
                "contract_honouring": "守合同重信用企业",
                "reassuring_consumption": "放心消费单位",
                "ip_demonstration": "知识产权示范企业",
                "ip_advantage": "知识产权优势企业",
                "geographical_mark": "地理标志专用标志使用企业",
            },
        ),
        Rolls(
            "farming_rolls",
            "{word}",
            {
                "farming_leader_national": "国家级农业龙头企业",
                "farming_leader": "省级农业龙头企业",
                "farming_leader_city": "市级农业龙头企业",
                "farming_leader_county": "县级农业龙头企业",
                "demonstration_cooperative": "示范性农民专业合作社",
                "demonstration_farm": "示范性家庭农场",
                "green_food": "绿色食品企业",
                "organic_food": "有机产品认证企业",
                "seed_enterprise": "种业阵型企业",
            },
        ),
        Rolls(
            "commerce_rolls",
            "{word}",
            {
                "export_brand": "浙江出口名牌企业",
                "trade_demonstration": "内外贸一体化领跑企业",
                "ecommerce_demonstration": "电子商务示范企业",
                "service_outsourcing": "服务外包企业",
                "headquarters": "总部企业",
                "market_guarantee": "生活必需品保供企业",
                "supply_chain_innovation": "供应链创新与应用示范企业",
                "foreign_trade_service": "外贸综合服务企业",
            },
        ),
        Rolls(
            "culture_rolls",
            "{word}",
            {
                "scenic_5a": "5A级旅游景区",
                "scenic_4a": "4A级旅游景区",
                "scenic_3a": "3A级旅游景区",
                "star_hotel_5": "五星级旅游饭店",
                "star_hotel_4": "四星级旅游饭店",
                "star_hotel_3": "三星级旅游饭店",
                "homestay_graded": "等级民宿",
                "culture_leader": "重点文化企业",
                "culture_export": "文化出口重点企业",
                "study_base": "研学旅行基地",
            },
        ),
    ),
)
